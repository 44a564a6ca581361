package dev.pools.boot.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Relative paths lead from the page to the rest, wherever both are. */
class PagePathsTest {

  @ParameterizedTest
  @CsvSource({
    "/actuator/poolsui, /actuator/pools",
    "/poolsui,          /pools",
    "/a/b/ops/page,     /a/b/pools",
    "/manage/ui,        /manage/deep/er/pools",
  })
  void relativePathsLeadToTheEndpoints(String page, String pools) {
    PagePaths paths = PagePaths.between(page, pools);
    for (String context : new String[] {"", "/shop", "/proxy/shop"}) {
      URI address = URI.create("http://localhost" + context + page);
      assertThat(address.resolve(paths.pools()).getPath()).isEqualTo(context + pools);
      assertThat(address.resolve(paths.files() + "/app.js").getPath())
          .isEqualTo(context + page + "/app.js");

      URI folder = URI.create(address + "/");
      assertThat(folder.resolve(paths.fromFolder().pools()).getPath()).isEqualTo(context + pools);
      assertThat(folder.resolve(paths.fromFolder().files() + "/app.js").getPath())
          .isEqualTo(context + page + "/app.js");
    }
  }
}
