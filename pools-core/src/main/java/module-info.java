/** Two resource pools, for tasks and for connections, without any framework. */
@SuppressWarnings("module") // The starter's module may not be there.
module dev.pools {
  requires static transitive org.jspecify;
  requires static transitive java.sql;
  requires static jdk.jfr;
  requires org.slf4j;

  exports dev.pools;
  exports dev.pools.advice;
  exports dev.pools.connection;
  exports dev.pools.internal to
      dev.pools.boot,
      dev.pools.test;
  exports dev.pools.map;
  exports dev.pools.scaling;
  exports dev.pools.task;
}
