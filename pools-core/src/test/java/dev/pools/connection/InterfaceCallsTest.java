package dev.pools.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

/** Methods of interfaces that a guard calls: on the connection, or on itself. */
class InterfaceCallsTest {

  /** What any connection of these tests can do. */
  public interface Asking {
    String ask(String question) throws IOException;

    default Asking me() {
      return this;
    }
  }

  /** As everyone may call it; {@link Hidden} is what only this package may call. */
  public interface Open extends Asking, AutoCloseable {
    default void keepIn(List<? super Open> kept) {
      kept.add(this);
    }

    default String askOrElse(String question, String otherwise) {
      try {
        return ask(question);
      } catch (IOException failed) {
        return otherwise;
      }
    }

    default String askAll(int times, String... questions) throws IOException {
      StringBuilder answers = new StringBuilder();
      for (String question : questions) {
        answers.append(ask(question).repeat(times));
      }
      return answers.toString();
    }

    default boolean isLike(Open other) {
      return other == this;
    }

    default <C> C unwrap(Class<C> type) {
      return type.cast(this);
    }

    @Override
    default void close() throws IOException {
      ask("bye");
    }
  }

  interface Hidden extends Open {
    @Override
    default void keepIn(List<? super Open> kept) {
      kept.add(this);
      kept.add(this);
    }

    default int twice(int number) {
      return 2 * number;
    }
  }

  /** An interface that a guard of {@link Open} does not show. */
  interface More extends Open {
    @Override
    default void keepIn(List<? super Open> kept) {
      more();
      kept.add(this);
    }

    void more();
  }

  private static class Answering implements Open {
    final List<String> questions = new ArrayList<>();

    @Override
    public String ask(String question) throws IOException {
      questions.add(question);
      if (question.isEmpty()) {
        throw new IOException("nothing was asked");
      }
      return question + "!";
    }
  }

  private static final class OfThisPackage extends Answering implements Hidden {}

  private static final class WithMore extends Answering implements More {
    @Override
    public void more() {
      questions.add("more");
    }
  }

  private static final class OfItsOwn extends Answering {
    @Override
    public void keepIn(List<? super Open> kept) {
      questions.add("keepIn");
    }
  }

  private static <C> ConnectionPool<C> pool(Class<C> guard, Callable<? extends C> factory) {
    return ConnectionPool.<C>builder(factory::call)
        .guard(guard)
        .cleaner((connection, arguments) -> {})
        .executor(Runnable::run)
        .maxSize(1)
        .build();
  }

  @Test
  void inheritedDefaultMethod_runsOnTheGuard() throws Exception {
    for (ConnectionPool<? extends Open> pool :
        List.of(pool(Open.class, Answering::new), pool(Hidden.class, OfThisPackage::new))) {
      List<Open> kept = new ArrayList<>();
      try (pool) {
        Lease<? extends Open> lease = pool.acquire();
        Open connection = lease.connection();

        connection.keepIn(kept);

        assertThat(kept).as("nothing is the connection itself").allMatch(one -> one == connection);
        assertThat(kept).isNotEmpty();
        assertThat(connection.me()).isSameAs(connection);
        assertThat(connection.isLike(connection)).isTrue();
        assertThat(connection.askAll(2, "a", "b")).isEqualTo("a!a!b!b!");
        lease.close();
        assertThatThrownBy(() -> kept.get(0).ask("later"))
            .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> connection.keepIn(kept)).isInstanceOf(IllegalStateException.class);
      }
    }
  }

  @Test
  void inheritedDefaultMethodOfThisPackage_isCalledWithItsArguments() throws Exception {
    try (ConnectionPool<Hidden> pool = pool(Hidden.class, OfThisPackage::new);
        Lease<Hidden> lease = pool.acquire()) {
      assertThat(lease.connection().twice(21)).isEqualTo(42);
    }
  }

  @Test
  void failureThatADefaultMethodHides_isSeenByTheGuard() throws Exception {
    try (ConnectionPool<Open> pool = pool(Open.class, Answering::new)) {
      pool.use(connection -> connection.askOrElse("", "otherwise"));

      assertThat(pool.stats().retired()).containsEntry(RetireReason.BROKEN, 1L);
    }
  }

  @Test
  void exceptionOfADefaultMethod_comesThroughAsItIs() throws Exception {
    for (ConnectionPool<? extends Open> pool :
        List.of(pool(Open.class, Answering::new), pool(Hidden.class, OfThisPackage::new))) {
      try (pool;
          Lease<? extends Open> lease = pool.acquire()) {
        assertThatThrownBy(() -> lease.connection().askAll(1, ""))
            .isExactlyInstanceOf(IOException.class)
            .hasMessage("nothing was asked");
        assertThatThrownBy(() -> lease.connection().askAll(-1, "a"))
            .isExactlyInstanceOf(IllegalArgumentException.class);
      }
    }
  }

  @Test
  void closeThatIsADefaultMethod_endsTheLeaseOnly() throws Exception {
    Answering answering = new Answering();
    try (ConnectionPool<Open> pool = pool(Open.class, () -> answering)) {
      Lease<Open> lease = pool.acquire();

      lease.connection().close();

      assertThat(lease.isClosed()).isTrue();
      assertThat(answering.questions).isEmpty();
    }
  }

  @Test
  void methodThatTheClassHasItself_runsOnTheConnection() throws Exception {
    OfItsOwn answering = new OfItsOwn();
    try (ConnectionPool<Open> pool = pool(Open.class, () -> answering)) {
      pool.use(
          connection -> {
            connection.keepIn(new ArrayList<>());
            return 1;
          });

      assertThat(answering.questions).containsExactly("keepIn");
    }
  }

  @Test
  void defaultMethodOfAnInterfaceThatTheGuardDoesNotShow_runsOnTheConnection() throws Exception {
    WithMore answering = new WithMore();
    try (ConnectionPool<Open> pool = pool(Open.class, () -> answering)) {
      pool.use(
          connection -> {
            connection.keepIn(new ArrayList<>());
            return 1;
          });

      assertThat(answering.questions).containsExactly("more");
    }
  }

  @Test
  void unwrapThatIsADefaultMethod_leadsToTheClassOfTheConnection() throws Exception {
    try (ConnectionPool<Open> pool = pool(Open.class, Answering::new);
        Lease<Open> lease = pool.acquire()) {
      assertThat(lease.connection().unwrap(Answering.class)).isSameAs(lease.unguarded());
      assertThat(lease.connection().unwrap(Open.class)).isSameAs(lease.connection());
    }
  }
}
