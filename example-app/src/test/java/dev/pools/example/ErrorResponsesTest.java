package dev.pools.example;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pools.connection.ConnectionPool;
import dev.pools.connection.Lease;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.test.web.servlet.assertj.MockMvcTester;

@ExampleTest
class ErrorResponsesTest {

  @Autowired private MockMvcTester web;
  @Autowired private ConnectionPool<Connection> database;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          GET  | /pictures/1/thumbnail?width=15   | 400 | width is 15, but must be a multiple of 16 from 16 to 2000. Ask for 16.
          GET  | /pictures/1/thumbnail?width=300  | 400 | width is 300, but must be a multiple of 16 from 16 to 2000. Ask for 304.
          GET  | /pictures/1/thumbnail?width=2001 | 400 | width is 2001, but must be a multiple of 16 from 16 to 2000. Ask for 2000.
          GET  | /pictures/1/thumbnail?width=2147483647 | 400 | width is 2147483647, but must be a multiple of 16 from 16 to 2000. Ask for 2000.
          GET  | /pictures/1/thumbnail?width=wide | 400 | Failed to convert 'width' with value: 'wide'
          GET  | /pictures/1/thumbnail            | 400 | Required parameter 'width' is not present.
          GET  | /pictures/99/thumbnail?width=32  | 404 | There is no picture 99. GET /pictures lists them.
          POST | /pictures                        | 400 | Required parameter 'name' is not present.
          POST | /batches?widths=                 | 400 | widths has 0 values, but must have from 1 to 50. Add a width.
          POST | /batches?widths=32,5             | 400 | width is 5, but must be a multiple of 16 from 16 to 2000. Ask for 16.
          POST | /batches/99/cancel               | 404 | There is no batch 99. GET /batches lists the newest.
          POST | /playground/load?people=51&batch=0    | 400 | people is 51, but must be from 0 to 50.
          POST | /playground/load?people=1&batch=-1    | 400 | batch is -1, but must be from 0 to 200.
          POST | /playground/load?people=1             | 400 | Required parameter 'batch' is not present.
          POST | /playground/database/slow?millis=1001 | 400 | millis is 1001, but must be from 1 to 1000.
          GET  | /playground/advice?workers=0          | 400 | workers is 0, but must be from 1 to 16.
          POST | /playground/workers?max=17            | 400 | max is 17, but must be from 1 to 16.
          GET  | /batches/99/failures             | 404 | There is no batch 99. GET /batches lists the newest.
          GET  | /batches/99                      | 404 | There is no batch 99. GET /batches lists the newest.
          """)
  void errorResponseNamesTheCause(String method, String path, int status, String why) {
    assertThat(web.method(HttpMethod.valueOf(method)).uri(path))
        .hasStatus(status)
        .bodyJson()
        .extractingPath("detail")
        .isEqualTo(why);
  }

  @Test
  void batchOfTooManyWidthsIsRefused() {
    String tooMany =
        multiplesOf16(51).stream().map(String::valueOf).collect(Collectors.joining(","));

    assertThat(web.post().uri("/batches?widths=" + tooMany))
        .hasStatus(HttpStatus.BAD_REQUEST)
        .bodyJson()
        .extractingPath("detail")
        .isEqualTo("widths has 51 values, but must have from 1 to 50. Send several batches.");
    ThumbnailWidth.requireAll(multiplesOf16(50));
  }

  private static SortedSet<Integer> multiplesOf16(int count) {
    return IntStream.rangeClosed(1, count)
        .mapToObj(number -> 16 * number)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void callerGetsRetryAfterWhenThereIsNoFreeConnection() throws InterruptedException {
    List<Lease<Connection>> all = leaseAll();

    assertThat(web.get().uri("/pictures"))
        .hasStatus(HttpStatus.SERVICE_UNAVAILABLE)
        .hasHeader("Retry-After", "2")
        .bodyJson()
        .extractingPath("detail")
        .isEqualTo("The service cannot process this request now. Try again in 2 s.");

    all.forEach(Lease::close);
    assertThat(web.get().uri("/pictures")).hasStatusOk();
  }

  private List<Lease<Connection>> leaseAll() throws InterruptedException {
    List<Lease<Connection>> leases = new ArrayList<>();
    while (leases.size() < database.maxSize()) {
      leases.add(database.acquire(Duration.ofSeconds(10)));
    }
    return leases;
  }
}
