package dev.pools.connection;

import org.jspecify.annotations.Nullable;

/**
 * The tenants about which something has changed since they were last looked at, each once. The
 * tenants are the nodes of the list, so that to note a change allocates nothing and cannot fail.
 * Guarded by the pool's lock.
 */
final class ChangedTenants<T> {

  private @Nullable Tenant<T> first;
  private @Nullable Tenant<T> last;

  void add(Tenant<T> tenant) {
    if (tenant.changed) {
      return;
    }
    tenant.changed = true;
    if (last == null) {
      first = tenant;
    } else {
      last.nextChanged = tenant;
    }
    last = tenant;
  }

  /** Takes the one that was added first. */
  @Nullable Tenant<T> poll() {
    Tenant<T> taken = first;
    if (taken != null) {
      first = taken.nextChanged;
      if (first == null) {
        last = null;
      }
      taken.nextChanged = null;
      taken.changed = false;
    }
    return taken;
  }

  void clear() {
    while (poll() != null) {}
  }
}
