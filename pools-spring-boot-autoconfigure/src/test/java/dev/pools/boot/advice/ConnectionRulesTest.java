package dev.pools.boot.advice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.pools.connection.ConnectionPoolStats;
import dev.pools.connection.RetireReason;
import java.time.Duration;
import java.util.List;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each rule speaks about its trouble, and is silent about all that looks like it. */
class ConnectionRulesTest {

  private final Looks.Connections pool = new Looks.Connections();
  private boolean findsLeaks;
  private long nowNanos = -17;
  private final ConnectionRules rules = new ConnectionRules(() -> findsLeaks);

  private List<Finding> look(int times, int everySeconds, IntConsumer move) {
    for (int i = 0; i < times; i++) {
      nowNanos += Duration.ofSeconds(everySeconds).toNanos();
      move.accept(i);
      rules.add(rules.read(pool.stats(), nowNanos));
    }
    return rules.findings(nowNanos);
  }

  private void overload(int i) {
    pool.inUse = 6;
    pool.waiting = 1 + i % 3;
    pool.acquired += 35;
    pool.longestWait = Duration.ofMillis(800);
  }

  @Test
  void overloadedPoolIsSaturated_andEachWaitingCallerGetsAPlace() {
    assertThat(look(30, 6, this::overload))
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.rule()).isEqualTo(AdviceRule.SATURATED);
              assertThat(Looks.settings(finding)).isEqualTo("max-size=8");
              assertThat(finding.figures())
                  .contains(
                      "all 6 connections were leased", "1,015 leases", "the first for 800 ms");
            });
  }

  @ParameterizedTest
  @CsvSource({"10, 0.2, 11", "10, 3.5, 14", "10, 500, 20", "1000000, 3, 1000000"})
  void proposalIsAtLeastOneMore_andAtMostTwice(int size, double waiting, int proposed) {
    assertThat(SaturatedConnections.proposed(size, waiting)).isEqualTo(proposed);
  }

  @Test
  void lineThatMovesFastIsNoTrouble_unlessCallersTimeOut() {
    assertThat(
            look(
                30,
                6,
                i -> {
                  overload(i);
                  pool.longestWait = Duration.ofMillis(120);
                }))
        .isEmpty();
    assertThat(
            look(
                60,
                6,
                i -> {
                  overload(i);
                  pool.longestWait = Duration.ofMillis(120);
                  pool.timeouts++;
                }))
        .extracting(Finding::rule)
        .containsExactly(AdviceRule.SATURATED);
  }

  @Test
  void callersThatWaitForThemselves_andFailures_areNotSaturation() {
    assertThat(
            look(
                30,
                6,
                i -> {
                  overload(i);
                  pool.nestedTimeouts += i % 2;
                }))
        .isEmpty();
    assertThat(
            look(
                60,
                6,
                i -> {
                  overload(i);
                  pool.created++;
                  pool.createFailures++;
                  pool.failuresInARow = 1;
                }))
        .isEmpty();
  }

  @Test
  void limitThatTheServerHasSet_isSaturatedAndStarvingToo_andNoLargerOneIsProposed() {
    pool.size = 4;
    look(30, 6, i -> refuse("Too many connections"));
    pool.maxSize = 4;
    assertThat(
            look(
                30,
                6,
                i -> {
                  overload(i);
                  pool.inUse = 4;
                }))
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.rule()).isEqualTo(AdviceRule.SATURATED);
              assertThat(finding.settings()).isEmpty();
              assertThat(finding.cure()).startsWith("Hold each lease for a shorter time.");
            });
    assertThat(
            look(
                60,
                6,
                i -> {
                  noLeaseEnds(i);
                  pool.inUse = 4;
                }))
        .extracting(Finding::rule)
        .containsExactly(AdviceRule.STARVING);
    pool.failuresInARow = 0;
    assertThat(
            look(
                60,
                6,
                i -> {
                  overload(i);
                  pool.inUse = 4;
                }))
        .as("a connection was opened")
        .extracting(Looks::settings)
        .containsExactly("max-size=6");
  }

  @Test
  void suspendedPoolIsNotJudged() {
    look(30, 6, this::overload);
    pool.state = ConnectionPoolStats.State.SUSPENDED;
    assertThat(look(1, 6, this::overload)).isEmpty();
    pool.state = ConnectionPoolStats.State.RUNNING;
    assertThat(look(15, 6, this::overload)).isEmpty();
  }

  private void noLeaseEnds(int i) {
    pool.inUse = 6;
    pool.waiting = 4;
    pool.longestWait = Duration.ofSeconds(20);
    pool.timeouts++;
  }

  @Test
  void poolWhoseLeasesDoNotEndIsStarving_andNoSizeIsProposed() {
    assertThat(look(30, 6, this::noLeaseEnds))
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.rule()).isEqualTo(AdviceRule.STARVING);
              assertThat(finding.settings()).isEmpty();
              assertThat(finding.figures()).contains("no caller has got a connection");
              assertThat(finding.cure()).contains("leak-threshold");
            });
    findsLeaks = true;
    assertThat(rules.findings(nowNanos).get(0).cure()).doesNotContain("leak-threshold");
    pool.nestedTimeouts++;
    assertThat(look(1, 6, this::noLeaseEnds).get(0).cure())
        .startsWith("1 of these already held a lease");
    pool.nestedTimeouts++;
    assertThat(look(1, 6, this::noLeaseEnds).get(0).cure()).startsWith("2 of these already");
    pool.acquired++;
    assertThat(look(1, 6, this::noLeaseEnds)).as("a lease").isEmpty();
  }

  @Test
  void leakThatLastsIsTold_andOneThatReturnsIsNot() {
    pool.inUse = 3;
    pool.leaks = 2;
    assertThat(look(30, 6, i -> pool.acquired += 3))
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.rule()).isEqualTo(AdviceRule.LEAKING);
              assertThat(finding.figures()).contains("2 leases reported as leaked did not end");
            });
    pool.leaksReturned = 2;
    assertThat(look(1, 6, i -> {})).as("returned").isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"RECLAIMED", "EVICTED"})
  void leakThatMayHaveBeenTakenBackIsNotTold(RetireReason reason) {
    pool.inUse = 3;
    pool.leaks = 2;
    pool.retired.put(reason, 2L);
    assertThat(look(30, 6, i -> {})).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"RECLAIMED", "EVICTED"})
  void leakAfterConnectionsWereTakenBackIsTold(RetireReason reason) {
    pool.inUse = 3;
    look(1, 6, i -> pool.retired.put(reason, 10L));
    pool.leaks = 1;
    assertThat(look(30, 6, i -> {}))
        .singleElement()
        .satisfies(
            finding ->
                assertThat(finding.figures()).contains("1 lease reported as leaked did not end"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"RECLAIMED", "EVICTED"})
  void leakThatWasTakenBackAndIsClosedLate_hidesNoOther(RetireReason reason) {
    pool.inUse = 3;
    pool.leaks = 1;
    look(2, 6, i -> {});
    pool.retired.put(reason, 1L);
    assertThat(look(30, 6, i -> {})).as("taken back").isEmpty();
    pool.leaksReturned = 1;
    look(1, 6, i -> {});
    pool.leaks = 2;
    assertThat(look(30, 6, i -> {})).extracting(Finding::rule).containsExactly(AdviceRule.LEAKING);
  }

  @Test
  void leakIsNotToldWhileNothingIsLeased_andStopsAdviceAboutTheSize() {
    pool.leaks = 1;
    assertThat(look(30, 6, i -> pool.inUse = i % 2)).as("all come back").isEmpty();
    assertThat(look(60, 6, this::overload))
        .extracting(Finding::rule)
        .containsExactly(AdviceRule.LEAKING);
  }

  private void refuse(String message) {
    pool.createFailures++;
    pool.failuresInARow++;
    pool.failure = new IllegalStateException(message);
    pool.acquired += 5;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "FATAL: sorry, too many clients already",
        "FATAL: remaining connection slots are reserved for roles with the SUPERUSER attribute",
        "Too many connections",
        "User 'app' has exceeded the 'max_user_connections' resource (current value: 4)",
        "ORA-12519, TNS:no appropriate service handler found",
        "ERR max number of clients reached"
      })
  void serverWithALimitHasASizeThatItServes(String message) {
    pool.size = 4;
    assertThat(look(30, 6, i -> refuse(message)))
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.rule()).isEqualTo(AdviceRule.REFUSED);
              assertThat(Looks.settings(finding)).isEqualTo("max-size=4");
              assertThat(finding.figures()).contains("IllegalStateException: " + message);
            });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "FATAL: password authentication failed for user \"app\"",
        "Connection refused",
        "The certificate has expired"
      })
  void otherFailuresBesideOpenConnectionsAreTold_andNoSizeIsProposed(String message) {
    pool.size = 4;
    assertThat(look(30, 6, i -> refuse(message)))
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.settings()).isEmpty();
              assertThat(finding.cure()).startsWith("The open connections work.");
            });
  }

  @Test
  void serverThatIsDownGetsNoSize_andPasswordsAreHidden() {
    pool.size = 0;
    assertThat(
            look(
                30,
                6,
                i -> {
                  refuse("too many clients, password=hunter2");
                  pool.acquired = 0;
                }))
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.settings()).isEmpty();
              assertThat(finding.figures()).contains("0 connections of at most 6");
              assertThat(finding.figures()).doesNotContain("hunter2");
              assertThat(finding.cure()).contains("Check whether the server runs");
            });
  }

  @Test
  void poolOfAFixedSizeThatTheServerDoesNotServe_getsBothLimits() {
    pool.size = 4;
    pool.minSize = 6;
    assertThat(look(30, 6, i -> refuse("Too many connections")))
        .singleElement()
        .extracting(Looks::settings)
        .isEqualTo("min-size=4 max-size=4");
  }

  @Test
  void fewFailures_andFailuresBetweenSuccesses_areNoTrouble() {
    pool.size = 4;
    refuse("Connection refused");
    assertThat(look(30, 6, i -> {})).as("one").isEmpty();
    assertThat(
            look(
                60,
                6,
                i -> {
                  refuse("Connection refused");
                  pool.created++;
                }))
        .as("some succeed")
        .isEmpty();
    pool.failuresInARow = 0;
    pool.failure = null;
    assertThat(look(1, 6, i -> {})).isEmpty();
  }

  @Test
  void sizeThatGoesBackAndForthIsFlapping_andIdleConnectionsAreOversized() {
    for (int limit : new int[] {30, 60, 30, 60, 30}) {
      pool.maxSize = limit;
      look(20, 6, i -> {});
    }
    assertThat(rules.findings(nowNanos))
        .extracting(Finding::rule, Looks::settings)
        .containsExactly(tuple(AdviceRule.FLAPPING, "max-size=60"));
    pool.minSize = 30;
    pool.size = 30;
    pool.inUse = 2;
    assertThat(look(25 * 120, 30, i -> pool.acquired++))
        .extracting(Finding::rule, Looks::settings)
        .containsExactly(tuple(AdviceRule.OVERSIZED, "min-size=4"));
  }
}
