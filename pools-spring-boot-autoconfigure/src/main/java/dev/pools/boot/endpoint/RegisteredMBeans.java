package dev.pools.boot.endpoint;

import dev.pools.internal.Faults;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import javax.management.InstanceAlreadyExistsException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/**
 * What one context has registered with a server of JMX, by what it is about. If another context of
 * this JVM has a name, the key {@code context} tells them apart. Safe for use by several threads.
 */
final class RegisteredMBeans {

  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_ .()-]+");

  private final MBeanServer server;
  private final String context;

  // Guarded by this.
  private final IdentityHashMap<Object, ObjectName> registered = new IdentityHashMap<>();

  RegisteredMBeans(MBeanServer server, String context) {
    this.server = server;
    this.context = context;
  }

  /** Registers a bean. Does nothing if one is registered about the same object. */
  synchronized void add(Object about, String type, Supplier<Object> bean) throws JMException {
    if (!registered.containsKey(about)) {
      registered.put(about, register(bean.get(), "dev.pools:type=" + quoted(type)));
    }
  }

  private ObjectName register(Object bean, String key) throws JMException {
    try {
      return server.registerMBean(bean, new ObjectName(key)).getObjectName();
    } catch (InstanceAlreadyExistsException taken) {
      return server
          .registerMBean(bean, new ObjectName(key + ",context=" + quoted(context)))
          .getObjectName();
    }
  }

  private static String quoted(String value) {
    return PLAIN.matcher(value).matches() ? value : ObjectName.quote(value);
  }

  /** Ends a registration. Does nothing if there is none about this object. */
  synchronized void remove(Object about) {
    ObjectName name = registered.remove(about);
    if (name != null) {
      Faults.guard(PoolMBeans.class, "The end of " + name + " in JMX", () -> unregister(name));
    }
  }

  /** Ends all registrations. */
  synchronized void removeAll() {
    List.copyOf(registered.keySet()).forEach(this::remove);
  }

  private void unregister(ObjectName name) {
    try {
      if (server.isRegistered(name)) {
        server.unregisterMBean(name);
      }
    } catch (JMException gone) {
      throw new IllegalStateException(gone);
    }
  }
}
