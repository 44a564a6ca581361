package dev.pools.connection;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A hook that ends when the test says so. */
final class Hook {

  final List<CompletableFuture<Void>> calls = new ArrayList<>();

  CompletableFuture<Void> run(FakeConnection connection) {
    CompletableFuture<Void> call = new CompletableFuture<>();
    calls.add(call);
    return call;
  }

  void end(int call) {
    calls.get(call).complete(null);
  }
}
