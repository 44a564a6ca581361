package dev.pools.benchmarks.spike;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.pools.benchmarks.connection.StubDriver;
import dev.pools.connection.ConnectionCleaner;
import dev.pools.connection.ConnectionPool;
import dev.pools.connection.Lease;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.time.Duration;
import org.apache.commons.pool2.BasePooledObjectFactory;
import org.apache.commons.pool2.PooledObject;
import org.apache.commons.pool2.impl.DefaultPooledObject;
import org.apache.commons.pool2.impl.GenericObjectPool;
import org.apache.commons.pool2.impl.GenericObjectPoolConfig;

/** A pool that grows, each with its defaults but for its sizes. */
enum SpikePeer {

  /** This project's. */
  OURS("ConnectionPool") {
    @Override
    Pool open(SlowServer server) {
      ConnectionPool<Object> pool =
          ConnectionPool.builder(
                  () -> {
                    server.connect();
                    return new Object();
                  })
              .cleaner(ConnectionCleaner.none())
              .minSize(IDLE)
              .maxSize(MAX)
              .build();
      pool.start().join();
      return new Pool() {
        @Override
        public void use(Runnable use) throws Exception {
          Lease<Object> lease = pool.acquire();
          try {
            use.run();
          } finally {
            lease.close();
          }
        }

        @Override
        public void close() {
          pool.close();
        }
      };
    }
  },

  /** Over connections that do nothing. */
  HIKARI("HikariCP 7.1") {
    @Override
    Pool open(SlowServer server) {
      HikariConfig config = new HikariConfig();
      config.setDataSource(new StubDriver(server::connect));
      config.setMinimumIdle(IDLE);
      config.setMaximumPoolSize(MAX);
      HikariDataSource source = new HikariDataSource(config);
      return new Pool() {
        @Override
        public void use(Runnable use) throws Exception {
          Connection connection = source.getConnection();
          try {
            use.run();
          } finally {
            connection.close();
          }
        }

        @Override
        public void close() {
          source.close();
        }
      };
    }
  },

  /** With as many idle ones as there may be, so that it closes none in between. */
  COMMONS_POOL("commons-pool2 2.13") {
    @Override
    Pool open(SlowServer server) throws Exception {
      GenericObjectPoolConfig<Object> config = new GenericObjectPoolConfig<>();
      config.setMinIdle(IDLE);
      config.setMaxIdle(MAX);
      config.setMaxTotal(MAX);
      config.setJmxEnabled(false);
      GenericObjectPool<Object> pool =
          new GenericObjectPool<>(
              new BasePooledObjectFactory<Object>() {
                @Override
                public Object create() {
                  server.connect();
                  return new Object();
                }

                @Override
                public PooledObject<Object> wrap(Object object) {
                  return new DefaultPooledObject<>(object);
                }
              },
              config);
      pool.preparePool();
      return new Pool() {
        @Override
        public void use(Runnable use) throws Exception {
          Object object = pool.borrowObject();
          try {
            use.run();
          } finally {
            pool.returnObject(object);
          }
        }

        @Override
        public void close() {
          pool.close();
        }
      };
    }
  },

  /** It does not grow on demand: its size is set as the callers come. */
  STORMPOT("Stormpot 4.1, resized to 50") {
    @Override
    Pool open(SlowServer server) throws Exception {
      return new ResizedPot(server, IDLE, MAX);
    }
  };

  /** How many connections there are when the callers come. */
  static final int IDLE = 5;

  /** How many there may be. */
  static final int MAX = 50;

  private final String title;

  SpikePeer(String title) {
    this.title = title;
  }

  String title() {
    return title;
  }

  /** Opens it with its first connections. */
  abstract Pool open(SlowServer server) throws Exception;

  /** A pool as it is used here. */
  interface Pool extends AutoCloseable {

    /** The callers come. */
    default void spikes() {}

    /** Waits for a connection and does something with it. */
    void use(Runnable use) throws Exception;

    @Override
    void close();
  }

  /** Stormpot, which is compiled for JDK 21, while this is compiled for 17. */
  private static final class ResizedPot implements Pool {

    private final Object pool;
    private final Object timeout;
    private final int size;

    ResizedPot(SlowServer server, int first, int size) throws ReflectiveOperationException {
      this.size = size;
      Class<?> allocator = Class.forName("stormpot.Allocator");
      Class<?> type = Class.forName("stormpot.Pool");
      var poolable =
          MethodHandles.publicLookup()
              .findConstructor(
                  Class.forName("stormpot.BasePoolable"),
                  MethodType.methodType(void.class, Class.forName("stormpot.Slot")));
      Object allocating =
          Proxy.newProxyInstance(
              allocator.getClassLoader(),
              new Class<?>[] {allocator},
              (proxy, method, arguments) -> {
                if (!method.getName().equals("allocate")) {
                  return null;
                }
                server.connect();
                return poolable.invoke(arguments[0]);
              });
      Object sized =
          Class.forName("stormpot.PoolBuilder")
              .getMethod("setSize", long.class)
              .invoke(type.getMethod("fromThreaded", allocator).invoke(null, allocating), first);
      pool = Class.forName("stormpot.PoolBuilder").getMethod("build").invoke(sized);
      timeout =
          Class.forName("stormpot.Timeout")
              .getConstructor(Duration.class)
              .newInstance(Duration.ofMinutes(1));
    }

    @Override
    public void spikes() {
      try {
        Class.forName("stormpot.Pool")
            .getMethod("setTargetSize", long.class)
            .invoke(pool, (long) size);
      } catch (ReflectiveOperationException other) {
        throw new IllegalStateException("This is another Stormpot.", other);
      }
    }

    @Override
    public void use(Runnable use) throws Exception {
      Object claimed =
          Class.forName("stormpot.PoolTap")
              .getMethod("claim", Class.forName("stormpot.Timeout"))
              .invoke(pool, timeout);
      if (claimed == null) {
        throw new IllegalStateException("Nothing came in a minute.");
      }
      use.run();
      Class.forName("stormpot.Poolable").getMethod("release").invoke(claimed);
    }

    @Override
    public void close() {
      try {
        Class.forName("stormpot.Pool").getMethod("shutdown").invoke(pool);
      } catch (ReflectiveOperationException other) {
        throw new IllegalStateException("This is another Stormpot.", other);
      }
    }
  }
}
