package dev.pools.boot.dashboard;

/**
 * Where the page finds the rest, seen from its own address. Relative addresses hold behind a
 * context path and behind a proxy that adds or removes a prefix.
 *
 * @param files the folder of its files
 * @param pools the endpoint {@code pools}
 */
record PagePaths(String files, String pools) {

  /**
   * The relative paths of two endpoints.
   *
   * @param page the path of the page, such as {@code /actuator/poolsui}
   * @param pools the path of the endpoint {@code pools}, such as {@code /actuator/pools}
   */
  static PagePaths between(String page, String pools) {
    int lastSlash = page.lastIndexOf('/');
    long folders = page.substring(1).chars().filter(character -> character == '/').count();
    return new PagePaths(
        "./" + page.substring(lastSlash + 1),
        "./" + "../".repeat((int) folders) + pools.substring(1));
  }

  /** The same paths, seen from the address of the page with a slash at its end. */
  PagePaths fromFolder() {
    return new PagePaths("../" + files, "../" + pools);
  }
}
