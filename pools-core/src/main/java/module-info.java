/** Two resource pools, for tasks and for connections, without any framework. */
module dev.pools {
  requires static transitive org.jspecify;
  requires static transitive java.sql;
  requires org.slf4j;

  exports dev.pools;
  exports dev.pools.connection;
  exports dev.pools.task;
}
