package dev.pools.boot.autoconfigure;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.BeanUtils;
import org.springframework.boot.context.properties.bind.AbstractBindHandler;
import org.springframework.boot.context.properties.bind.BindContext;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;

/**
 * Takes an empty value for settings that are all left out. So a pool may be given by its name
 * alone, as in {@code reports: {}}, which reaches us as an empty text.
 */
final class EmptySettingsHandler extends AbstractBindHandler {

  private static final ConfigurationPropertyName POOLS = ConfigurationPropertyName.of("pools");

  EmptySettingsHandler() {}

  EmptySettingsHandler(BindHandler parent) {
    super(parent);
  }

  @Override
  public @Nullable Object onFailure(
      ConfigurationPropertyName name, Bindable<?> target, BindContext context, Exception error)
      throws Exception {
    ConfigurationProperty property = context.getConfigurationProperty();
    if (POOLS.isAncestorOf(name)
        && property != null
        && property.getName().equals(name)
        && property.getValue().toString().isBlank()) {
      // What it begins with, a handler inside may decide.
      Object settings = settings(super.onStart(name, target, context));
      if (settings != null) {
        // To the handlers inside, a value that was bound.
        return super.onSuccess(name, target, context, settings);
      }
    }
    return super.onFailure(name, target, context, error);
  }

  private static @Nullable Object settings(@Nullable Bindable<?> target) {
    if (target == null) {
      return null;
    }
    if (target.getValue() != null) {
      return target.getValue().get();
    }
    Class<?> type = target.getType().resolve(Object.class);
    if (Map.class.isAssignableFrom(type)) {
      return new LinkedHashMap<>();
    }
    return type.getPackage() == EmptySettingsHandler.class.getPackage() && !type.isEnum()
        ? BeanUtils.instantiateClass(type)
        : null;
  }
}
