package dev.pools.boot.autoconfigure;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.AbstractBindHandler;
import org.springframework.boot.context.properties.bind.BindContext;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;

/**
 * Tells Spring Boot, when it binds {@link PoolsProperties}, that they are bound already, and which
 * properties were bound. They keep the values that the pools have.
 */
final class BoundOnce extends AbstractBindHandler {

  private final PoolsBinding binding;

  BoundOnce(BindHandler parent, PoolsBinding binding) {
    super(parent);
    this.binding = binding;
  }

  @Override
  public <T> @Nullable Bindable<T> onStart(
      ConfigurationPropertyName name, Bindable<T> target, BindContext context) {
    if (!isBound(name, target)) {
      return super.onStart(name, target, context);
    }
    for (ConfigurationProperty property : binding.bound()) {
      super.onSuccess(
          property.getName(),
          Bindable.of(Object.class),
          new ContextOf(property, context),
          property.getValue());
    }
    return null;
  }

  @Override
  public void onFinish(
      ConfigurationPropertyName name,
      Bindable<?> target,
      BindContext context,
      @Nullable Object result)
      throws Exception {
    if (!isBound(name, target)) {
      super.onFinish(name, target, context, result);
    }
  }

  private boolean isBound(ConfigurationPropertyName name, Bindable<?> target) {
    return name.equals(PoolSources.POOLS)
        && target.getValue() != null
        && target.getValue().get() == binding.properties();
  }

  /** The context in which a property was bound. */
  private record ContextOf(ConfigurationProperty property, BindContext context)
      implements BindContext {

    @Override
    public Binder getBinder() {
      return context.getBinder();
    }

    @Override
    public int getDepth() {
      return context.getDepth();
    }

    @Override
    public Iterable<ConfigurationPropertySource> getSources() {
      return context.getSources();
    }

    @Override
    public ConfigurationProperty getConfigurationProperty() {
      return property;
    }
  }
}
