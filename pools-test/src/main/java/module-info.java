/** Tests of code that uses the pools. */
module dev.pools.test {
  requires transitive dev.pools;
  requires transitive org.assertj.core;
  requires static transitive org.jspecify;

  exports dev.pools.test;
}
