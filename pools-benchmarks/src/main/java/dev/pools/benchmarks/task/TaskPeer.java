package dev.pools.benchmarks.task;

import dev.pools.benchmarks.VirtualThreads;
import dev.pools.benchmarks.WakeUps;
import dev.pools.benchmarks.task.Demand.Bound;
import dev.pools.task.AdvancedPool;
import dev.pools.task.AdvancedPoolBuilder;
import dev.pools.task.Outcome;
import dev.pools.task.OverflowPolicy;
import dev.pools.task.PoolListener;
import dev.pools.task.TaskInfo;
import dev.pools.task.TaskOrder;
import dev.pools.task.WorkerThreads;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.eclipse.jetty.util.BlockingArrayQueue;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.util.thread.VirtualThreadPool;
import org.jboss.threads.EnhancedQueueExecutor;

/**
 * AdvancedPool and its peers, each set up as its documentation advises for a fixed number of
 * workers, which all exist from the start.
 */
public enum TaskPeer {

  /** Strict priorities, first in first out among equals. */
  OURS {
    @Override
    Crew open(Demand demand) {
      return new OurCrew(builder(demand).build());
    }
  },

  /** First in first out of each submitter only, as of {@link #FJP}. */
  OURS_RELAXED {
    @Override
    Crew open(Demand demand) {
      return new OurCrew(builder(demand).taskOrder(TaskOrder.RELAXED).build());
    }
  },

  /** With a listener that is told of each task's start and end. */
  OURS_LISTENED_TO {
    @Override
    Crew open(Demand demand) {
      return new OurCrew(builder(demand).listener(new Tally()).build());
    }
  },

  /** With records of its tasks, for predictions. */
  OURS_RECORDED {
    @Override
    Crew open(Demand demand) {
      return new OurCrew(builder(demand).adviceWindow(Duration.ofMinutes(10)).build());
    }
  },

  /**
   * First in first out. Of virtual threads it makes a pool, so that a task has no thread of its
   * own: less than ours promises, and what JEP 444 advises against.
   */
  TPE {
    @Override
    Crew open(Demand demand) {
      // A bounded queue between two locks, where the handler of the javadoc's "saturated" case puts
      // the task into the queue: the usual way to make submitters wait.
      BlockingQueue<Runnable> queue =
          demand.bound() == Bound.NONE
              ? new LinkedBlockingQueue<>()
              : new LinkedBlockingQueue<>(Demand.CAPACITY);
      ThreadPoolExecutor executor =
          new ThreadPoolExecutor(
              demand.workers(), demand.workers(), 0, TimeUnit.SECONDS, queue, factory(demand));
      executor.prestartAllCoreThreads();
      executor.setRejectedExecutionHandler(
          demand.bound() == Bound.WAIT
              ? (task, full) -> putUninterruptibly(full.getQueue(), task)
              : new ThreadPoolExecutor.CallerRunsPolicy());
      return new ServiceCrew(executor) {
        @Override
        void executeOrWait(Runnable task) {
          executor.execute(task);
        }

        @Override
        void executeOrRun(Runnable task) {
          executor.execute(task);
        }
      };
    }
  },

  /**
   * Ties in the order of arrival, with the FIFOEntry that PriorityBlockingQueue's javadoc gives.
   */
  TPE_PRIORITY {
    @Override
    Crew open(Demand demand) {
      ThreadPoolExecutor executor = priorityExecutor(demand);
      AtomicLong sequence = new AtomicLong();
      return new ServiceCrew(executor) {
        @Override
        void execute(Runnable task, int priority) {
          executor.execute(new PriorityEntry(task, priority, sequence.getAndIncrement()));
        }
      };
    }
  },

  /** Ties in any order: less than ours promises. */
  TPE_PRIORITY_UNTIED {
    @Override
    Crew open(Demand demand) {
      ThreadPoolExecutor executor = priorityExecutor(demand);
      return new ServiceCrew(executor) {
        @Override
        void execute(Runnable task, int priority) {
          executor.execute(new PriorityEntry(task, priority, 0));
        }
      };
    }
  },

  /**
   * In the mode for event-style tasks that are never joined. No order between submitters, which
   * have queues of their own: less than ours promises.
   */
  FJP {
    @Override
    Crew open(Demand demand) {
      AtomicInteger started = new AtomicInteger();
      return new ServiceCrew(
          new ForkJoinPool(
              demand.workers(),
              pool -> {
                ForkJoinWorkerThread worker =
                    ForkJoinPool.defaultForkJoinWorkerThreadFactory.newThread(pool);
                worker.setName(WakeUps.WORKER_NAME + started.incrementAndGet());
                return worker;
              },
              null,
              /* asyncMode= */ true));
    }
  },

  /** jboss-threads. First in first out but for a task that starts a thread. */
  EQE {
    @Override
    Crew open(Demand demand) {
      EnhancedQueueExecutor.Builder builder =
          new EnhancedQueueExecutor.Builder()
              .setCorePoolSize(demand.workers())
              .setMaximumPoolSize(demand.workers())
              .setThreadFactory(factory(demand))
              .setRegisterMBean(false);
      if (demand.bound() == Bound.NONE) {
        builder.setQueueLimited(false);
      } else {
        builder.setMaximumQueueSize(Demand.CAPACITY).setHandoffExecutor(Runnable::run);
      }
      EnhancedQueueExecutor executor = builder.build();
      executor.prestartAllCoreThreads();
      return new ServiceCrew(executor) {
        @Override
        void executeOrRun(Runnable task) {
          executor.execute(task);
        }
      };
    }
  },

  /** Grows before it queues; of a fixed size as here, first in first out. */
  TOMCAT {
    @Override
    Crew open(Demand demand) {
      org.apache.tomcat.util.threads.TaskQueue queue =
          demand.bound() == Bound.NONE
              ? new org.apache.tomcat.util.threads.TaskQueue()
              : new org.apache.tomcat.util.threads.TaskQueue(Demand.CAPACITY);
      // Its constructor starts all of its threads.
      org.apache.tomcat.util.threads.ThreadPoolExecutor executor =
          new org.apache.tomcat.util.threads.ThreadPoolExecutor(
              demand.workers(), demand.workers(), 60, TimeUnit.SECONDS, queue, factory(demand));
      queue.setParent(executor);
      return new ServiceCrew(executor) {
        @Override
        void executeOrWait(Runnable task) throws InterruptedException {
          try {
            executor.execute(task);
          } catch (RejectedExecutionException full) {
            queue.put(task);
          }
        }

        @Override
        void executeOrRun(Runnable task) {
          try {
            executor.execute(task);
          } catch (RejectedExecutionException full) {
            task.run();
          }
        }
      };
    }
  },

  /** First in first out. */
  JETTY {
    @Override
    Crew open(Demand demand) throws Exception {
      QueuedThreadPool pool =
          demand.bound() == Bound.NONE
              ? new QueuedThreadPool(demand.workers(), demand.workers(), IDLE_MILLIS)
              : new QueuedThreadPool(
                  demand.workers(),
                  demand.workers(),
                  IDLE_MILLIS,
                  BlockingArrayQueue.newInstance(Demand.CAPACITY, Demand.CAPACITY));
      pool.setReservedThreads(0);
      pool.setName(WakeUps.WORKER_NAME);
      pool.setDaemon(true);
      pool.start();
      return new ExecutorCrew(pool, pool::stop) {
        @Override
        void executeOrRun(Runnable task) {
          try {
            pool.execute(task);
          } catch (RejectedExecutionException full) {
            task.run();
          }
        }
      };
    }
  },

  /** A virtual thread for each task at once: no bound to what runs, less than ours promises. */
  VIRTUAL_PER_TASK {
    @Override
    Crew open(Demand demand) {
      return new ServiceCrew(VirtualThreads.perTaskExecutor());
    }
  },

  /**
   * With the semaphore that JEP 444 advises in place of a pool, fair for the sake of order; where
   * the number of those who wait is bounded, with another one for that.
   */
  VIRTUAL_SEMAPHORE {
    @Override
    Crew open(Demand demand) {
      Semaphore permits = new Semaphore(demand.workers(), /* fair= */ true);
      Semaphore places = new Semaphore(Demand.CAPACITY + demand.workers());
      var threads = VirtualThreads.perTaskExecutor();
      return new ExecutorCrew(
          task -> threads.execute(() -> runWithPermit(permits, task)), threads::shutdown) {
        @Override
        void executeOrWait(Runnable task) throws InterruptedException {
          places.acquire();
          executeInPlace(task);
        }

        @Override
        void executeOrRun(Runnable task) {
          if (places.tryAcquire()) {
            executeInPlace(task);
          } else {
            task.run();
          }
        }

        private void executeInPlace(Runnable task) {
          threads.execute(
              () -> {
                try {
                  runWithPermit(permits, task);
                } finally {
                  places.release();
                }
              });
        }
      };
    }
  },

  /** Jetty's pool of virtual threads, which has such a semaphore within; not fair. */
  JETTY_VIRTUAL {
    @Override
    Crew open(Demand demand) throws Exception {
      VirtualThreadPool pool = new VirtualThreadPool(demand.workers());
      pool.setName(WakeUps.WORKER_NAME);
      pool.start();
      return new ExecutorCrew(pool, pool::stop);
    }
  },

  /**
   * Two threads that hand a task to and fro with nothing but park and unpark: what a lone round
   * trip costs at least. One task at a time, by one submitter.
   */
  BARE_PARK {
    @Override
    Crew open(Demand demand) {
      return new ParkPair();
    }
  };

  /** Jetty's own default. */
  private static final int IDLE_MILLIS = 60_000;

  /** Opens one. */
  abstract Crew open(Demand demand) throws Exception;

  private static AdvancedPoolBuilder builder(Demand demand) {
    AdvancedPoolBuilder builder =
        AdvancedPool.builder()
            .name(WakeUps.WORKER_NAME)
            .minWorkers(demand.workers())
            .maxWorkers(demand.workers())
            .threads(
                demand.threads() == Threads.VIRTUAL
                    ? WorkerThreads.virtual()
                    : WorkerThreads.daemon());
    return switch (demand.bound()) {
      case NONE -> builder;
      case WAIT -> builder.queueCapacity(Demand.CAPACITY);
      case CALLER_RUNS ->
          builder.queueCapacity(Demand.CAPACITY).overflow(OverflowPolicy.CALLER_RUNS);
    };
  }

  private static void runWithPermit(Semaphore permits, Runnable task) {
    permits.acquireUninterruptibly();
    try {
      task.run();
    } finally {
      permits.release();
    }
  }

  private static ThreadPoolExecutor priorityExecutor(Demand demand) {
    ThreadPoolExecutor executor =
        new ThreadPoolExecutor(
            demand.workers(),
            demand.workers(),
            0,
            TimeUnit.SECONDS,
            new PriorityBlockingQueue<>(),
            factory(demand));
    executor.prestartAllCoreThreads();
    return executor;
  }

  private static ThreadFactory factory(Demand demand) {
    if (demand.threads() == Threads.VIRTUAL) {
      return VirtualThreads.factory();
    }
    AtomicInteger started = new AtomicInteger();
    return work -> {
      Thread thread = new Thread(work, WakeUps.WORKER_NAME + started.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }

  private static void putUninterruptibly(BlockingQueue<Runnable> queue, Runnable task) {
    try {
      queue.put(task);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RejectedExecutionException(e);
    }
  }

  private record PriorityEntry(Runnable task, int priority, long sequence)
      implements Runnable, Comparable<PriorityEntry> {

    @Override
    public int compareTo(PriorityEntry other) {
      int byPriority = Integer.compare(priority, other.priority);
      return byPriority != 0 ? byPriority : Long.compare(sequence, other.sequence);
    }

    @Override
    public void run() {
      task.run();
    }
  }

  /** Keeps what a metrics listener would, in what the JDK has for counters of many threads. */
  private static final class Tally implements PoolListener {
    private final LongAdder ended = new LongAdder();
    private final LongAdder waitedNanos = new LongAdder();
    private final LongAdder ranNanos = new LongAdder();

    @Override
    public void taskStarted(TaskInfo task, Duration waited) {
      waitedNanos.add(waited.toNanos());
    }

    @Override
    public void taskEnded(TaskInfo task, Outcome outcome, Duration waited, Duration ran) {
      ranNanos.add(ran.toNanos());
      ended.increment();
    }
  }
}
