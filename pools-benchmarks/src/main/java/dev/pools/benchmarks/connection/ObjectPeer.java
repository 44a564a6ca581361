package dev.pools.benchmarks.connection;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.util.ConcurrentBag;
import dev.pools.benchmarks.connection.Lending.Thing;
import dev.pools.connection.ConnectionPool;
import dev.pools.connection.ConnectionPoolBuilder;
import dev.pools.connection.Fairness;
import dev.pools.connection.Lease;
import io.agroal.api.AgroalDataSource;
import io.agroal.api.AgroalDataSourceListener;
import io.agroal.api.configuration.supplier.AgroalDataSourceConfigurationSupplier;
import java.sql.Connection;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.apache.commons.pool2.BasePooledObjectFactory;
import org.apache.commons.pool2.PooledObject;
import org.apache.commons.pool2.impl.DefaultPooledObject;
import org.apache.commons.pool2.impl.GenericObjectPool;
import org.apache.commons.pool2.impl.GenericObjectPoolConfig;
import org.jspecify.annotations.Nullable;
import org.vibur.objectpool.ConcurrentPool;
import org.vibur.objectpool.PoolObjectFactory;
import org.vibur.objectpool.util.ConcurrentLinkedDequeCollection;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.pool.InstrumentedPool;
import reactor.pool.PoolBuilder;
import reactor.pool.PooledRef;

/**
 * ConnectionPool and its peers, each set up as its documentation advises for a fixed number of
 * objects. Acquires wait for up to a minute, which never passes here.
 */
public enum ObjectPeer {

  /**
   * First come, first served. Releasing twice or too late does no harm. Each lease is tracked, so a
   * stop can end it.
   */
  OURS(Line.FAIR) {
    @Override
    Lending<?> open(int objects) {
      return new OurLending(builder(objects).build());
    }
  },

  /** The same with barging for a bounded time. */
  OURS_THROUGHPUT(Line.BARGING) {
    @Override
    Lending<?> open(int objects) {
      return new OurLending(builder(objects).fairness(Fairness.THROUGHPUT).build());
    }
  },

  /**
   * What HikariCP keeps its connections in, without the pool around it: no leases, no checks, no
   * limits to a life; giving back twice puts one object into two hands.
   */
  HIKARI_BAG(Line.BARGING) {
    @Override
    Lending<?> open(int objects) {
      ConcurrentBag<BagEntry> bag = new ConcurrentBag<>(waiting -> {});
      for (int object = 0; object < objects; object++) {
        bag.add(new BagEntry());
      }
      return new Lending<BagEntry>() {
        @Override
        BagEntry take() throws InterruptedException {
          return inTime(bag.borrow(SECONDS, TimeUnit.SECONDS));
        }

        @Override
        void give(BagEntry entry) {
          bag.requite(entry);
        }

        @Override
        void end() {
          bag.close();
        }
      };
    }
  },

  /** The whole pool, over connections that do nothing; its proxies are safe to close twice. */
  HIKARI(Line.BARGING) {
    @Override
    Lending<?> open(int objects) {
      HikariConfig config = new HikariConfig();
      config.setDataSource(new StubDriver());
      config.setMaximumPoolSize(objects);
      config.setConnectionTimeout(TimeUnit.SECONDS.toMillis(SECONDS));
      HikariDataSource source = new HikariDataSource(config);
      return new ConnectionLending() {
        @Override
        Connection take() throws Exception {
          return source.getConnection();
        }

        @Override
        void end() {
          source.close();
        }
      };
    }
  },

  /** Its thread-safe tap. Needs JDK 21. */
  STORMPOT(Line.BARGING) {
    @Override
    Lending<?> open(int objects) throws Exception {
      return new PotLending(objects, PotLending.Tap.THREADS);
    }
  },

  /** Its tap for virtual threads. Needs JDK 21. */
  STORMPOT_VIRTUAL(Line.BARGING) {
    @Override
    Lending<?> open(int objects) throws Exception {
      return new PotLending(objects, PotLending.Tap.VIRTUAL_THREADS);
    }
  },

  /** As it comes: who has waited longest may be overtaken. */
  COMMONS_POOL(Line.BARGING) {
    @Override
    Lending<?> open(int objects) {
      return commonsPool(objects, /* fair= */ false);
    }
  },

  /** With fairness on. */
  COMMONS_POOL_FAIR(Line.FAIR) {
    @Override
    Lending<?> open(int objects) {
      return commonsPool(objects, /* fair= */ true);
    }
  },

  /** A semaphore and a deque; giving back twice puts one object into two hands. */
  VIBUR(Line.BARGING) {
    @Override
    Lending<?> open(int objects) {
      return vibur(objects, /* fair= */ false);
    }
  },

  /** With a fair semaphore. */
  VIBUR_FAIR(Line.FAIR) {
    @Override
    Lending<?> open(int objects) {
      return vibur(objects, /* fair= */ true);
    }
  },

  /** Threads block on its Mono. */
  REACTOR_POOL(Line.FAIR) {
    @Override
    Lending<?> open(int objects) {
      InstrumentedPool<Thing> pool =
          PoolBuilder.from(Mono.fromSupplier(Thing::new)).sizeBetween(objects, objects).buildPool();
      pool.warmup().block();
      return new ReactorLending(pool);
    }
  },

  /** Over connections that do nothing. */
  AGROAL(Line.BARGING) {
    @Override
    Lending<?> open(int objects) throws Exception {
      CountDownLatch made = new CountDownLatch(objects);
      AgroalDataSource source =
          AgroalDataSource.from(
              new AgroalDataSourceConfigurationSupplier()
                  .connectionPoolConfiguration(
                      pool ->
                          pool.initialSize(objects)
                              .minSize(objects)
                              .maxSize(objects)
                              .acquisitionTimeout(Duration.ofSeconds(SECONDS))
                              .connectionFactoryConfiguration(
                                  factory -> factory.connectionProviderClass(StubDriver.class))),
              new AgroalDataSourceListener() {
                @Override
                public void onConnectionPooled(Connection connection) {
                  made.countDown();
                }
              });
      // A caller that asks while the first connections are being created may be forgotten until its
      // timeout.
      if (!made.await(SECONDS, TimeUnit.SECONDS)) {
        throw new IllegalStateException("Connections are missing after " + SECONDS + " s.");
      }
      return new ConnectionLending() {
        @Override
        Connection take() throws Exception {
          return source.getConnection();
        }

        @Override
        void end() {
          source.close();
        }
      };
    }
  },

  /** A queue of objects: no leases at all. */
  ARRAY_QUEUE(Line.BARGING) {
    @Override
    Lending<?> open(int objects) {
      return arrayQueue(objects, /* fair= */ false);
    }
  },

  /** With a fair lock. */
  ARRAY_QUEUE_FAIR(Line.FAIR) {
    @Override
    Lending<?> open(int objects) {
      return arrayQueue(objects, /* fair= */ true);
    }
  };

  private static final int SECONDS = 60;

  /** Who is served first. */
  enum Line {
    /** The caller that asked first gets the object. */
    FAIR,
    /** The caller that is first to take the object gets it. */
    BARGING
  }

  private final Line line;

  ObjectPeer(Line line) {
    this.line = line;
  }

  /** Whether it serves callers in the order in which they came. */
  public boolean isFair() {
    return line == Line.FAIR;
  }

  /** Opens one. */
  abstract Lending<?> open(int objects) throws Exception;

  /** Opens one, with all of its objects made. */
  @SuppressWarnings("unchecked") // No code uses the objects.
  Lending<Object> openFull(int objects) throws Exception {
    Lending<Object> lending = (Lending<Object>) open(objects);
    Object[] all = new Object[objects];
    for (int object = 0; object < objects; object++) {
      all[object] = lending.take();
    }
    for (Object lease : all) {
      lending.give(lease);
    }
    return lending;
  }

  private static ConnectionPoolBuilder<Thing> builder(int objects) {
    return ConnectionPool.builder(Thing::new)
        .minSize(objects)
        .maxSize(objects)
        .acquireTimeout(Duration.ofSeconds(SECONDS));
  }

  private static Lending<?> commonsPool(int objects, boolean fair) {
    GenericObjectPoolConfig<Thing> config = new GenericObjectPoolConfig<>();
    config.setMaxTotal(objects);
    config.setMaxIdle(objects);
    config.setMinIdle(objects);
    config.setFairness(fair);
    config.setJmxEnabled(false);
    config.setMaxWait(Duration.ofSeconds(SECONDS));
    GenericObjectPool<Thing> pool =
        new GenericObjectPool<>(
            new BasePooledObjectFactory<Thing>() {
              @Override
              public Thing create() {
                return new Thing();
              }

              @Override
              public PooledObject<Thing> wrap(Thing thing) {
                return new DefaultPooledObject<>(thing);
              }
            },
            config);
    return new Lending<Thing>() {
      @Override
      Thing take() throws Exception {
        return pool.borrowObject();
      }

      @Override
      void give(Thing thing) {
        pool.returnObject(thing);
      }

      @Override
      void end() {
        pool.close();
      }
    };
  }

  private static Lending<?> vibur(int objects, boolean fair) {
    ConcurrentPool<Thing> pool =
        new ConcurrentPool<>(
            new ConcurrentLinkedDequeCollection<>(), new ThingFactory(), objects, objects, fair);
    return new Lending<Thing>() {
      @Override
      Thing take() {
        return inTime(pool.tryTake(SECONDS, TimeUnit.SECONDS));
      }

      @Override
      void give(Thing thing) {
        pool.restore(thing);
      }

      @Override
      void end() {
        pool.close();
      }
    };
  }

  private static Lending<?> arrayQueue(int objects, boolean fair) {
    ArrayBlockingQueue<Thing> queue = new ArrayBlockingQueue<>(objects, fair);
    for (int object = 0; object < objects; object++) {
      queue.add(new Thing());
    }
    return new Lending<Thing>() {
      @Override
      Thing take() throws InterruptedException {
        return inTime(queue.poll(SECONDS, TimeUnit.SECONDS));
      }

      @Override
      void give(Thing thing) {
        queue.add(thing);
      }
    };
  }

  private static <T> T inTime(@Nullable T taken) {
    if (taken == null) {
      throw new IllegalStateException("Nothing came for " + SECONDS + " s.");
    }
    return taken;
  }

  private static final class OurLending extends Lending<Lease<Thing>> {
    private final ConnectionPool<Thing> pool;

    OurLending(ConnectionPool<Thing> pool) {
      this.pool = pool;
      pool.start().join();
    }

    @Override
    Lease<Thing> take() throws InterruptedException {
      return pool.acquire();
    }

    @Override
    void give(Lease<Thing> lease) {
      lease.close();
    }

    @Override
    Pending takeLater(Consumer<Lease<Thing>> taker) {
      CompletableFuture<Lease<Thing>> coming = pool.acquireAsync();
      coming.thenAccept(taker);
      return () -> coming.cancel(false);
    }

    @Override
    void end() {
      pool.close();
    }
  }

  private static final class ReactorLending extends Lending<PooledRef<Thing>> {
    private final InstrumentedPool<Thing> pool;

    ReactorLending(InstrumentedPool<Thing> pool) {
      this.pool = pool;
    }

    @Override
    PooledRef<Thing> take() {
      return inTime(pool.acquire().block(Duration.ofSeconds(SECONDS)));
    }

    @Override
    void give(PooledRef<Thing> lease) {
      lease.release().subscribe();
    }

    @Override
    Pending takeLater(Consumer<PooledRef<Thing>> taker) {
      Disposable coming = pool.acquire().subscribe(taker);
      return coming::dispose;
    }

    @Override
    void end() {
      pool.dispose();
    }
  }

  private abstract static class ConnectionLending extends Lending<Connection> {
    @Override
    void give(Connection connection) throws Exception {
      connection.close();
    }
  }

  private static final class BagEntry implements ConcurrentBag.IConcurrentBagEntry {
    private final AtomicInteger state = new AtomicInteger(STATE_NOT_IN_USE);

    @Override
    public boolean compareAndSet(int expected, int next) {
      return state.compareAndSet(expected, next);
    }

    @Override
    public void setState(int next) {
      state.set(next);
    }

    @Override
    public int getState() {
      return state.get();
    }
  }

  private static final class ThingFactory implements PoolObjectFactory<Thing> {
    @Override
    public Thing create() {
      return new Thing();
    }

    @Override
    public boolean readyToTake(Thing thing) {
      return true;
    }

    @Override
    public boolean readyToRestore(Thing thing) {
      return true;
    }

    @Override
    public void destroy(Thing thing) {}
  }
}
