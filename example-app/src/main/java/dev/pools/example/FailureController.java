package dev.pools.example;

import java.util.List;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** Lists the failed elements of a batch with their reasons. */
@RestController
class FailureController {

  private static final int LISTED = 100;

  private final Catalogue catalogue;

  FailureController(Catalogue catalogue) {
    this.catalogue = catalogue;
  }

  @GetMapping("/batches/{id}/failures")
  List<FailedElement> failures(@PathVariable("id") long id) {
    return catalogue.failures(id, LISTED);
  }
}
