package dev.pools.boot.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.AnnotatedBeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.ConfigurationCondition;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.core.type.MethodMetadata;
import org.springframework.util.ClassUtils;

/** Implements {@link ConditionalOnNoneOfParent}. */
final class OnNoneOfParent extends SpringBootCondition implements ConfigurationCondition {

  @Override
  public ConfigurationPhase getConfigurationPhase() {
    return ConfigurationPhase.REGISTER_BEAN;
  }

  @Override
  public ConditionOutcome getMatchOutcome(
      ConditionContext context, AnnotatedTypeMetadata annotated) {
    MethodMetadata method = (MethodMetadata) annotated;
    ConfigurableListableBeanFactory beans = context.getBeanFactory();
    ConditionMessage.Builder message =
        ConditionMessage.forCondition(ConditionalOnNoneOfParent.class);
    if (beans != null) {
      for (ConfigurableListableBeanFactory ancestor : ContextChain.above(beans)) {
        for (String bean : candidates(ancestor, method, context.getClassLoader())) {
          if (!isOfTheStarter(bean, ancestor, method)) {
            return ConditionOutcome.noMatch(
                message.because("a parent context has the bean '" + bean + "'"));
          }
        }
      }
    }
    return ConditionOutcome.match(message.because("no parent context has such a bean"));
  }

  private static List<String> candidates(
      ConfigurableListableBeanFactory ancestor,
      MethodMetadata method,
      @Nullable ClassLoader classes) {
    Map<String, @Nullable Object> annotation =
        method.getAnnotationAttributes(ConditionalOnNoneOfParent.class.getName());
    String[] names = annotation == null ? null : (String[]) annotation.get("names");
    if (names == null || names.length == 0) {
      Class<?> type = ClassUtils.resolveClassName(method.getReturnTypeName(), classes);
      return List.of(ancestor.getBeanNamesForType(type, true, false));
    }
    List<String> present = new ArrayList<>();
    for (String name : names) {
      if (ancestor.containsLocalBean(name)) {
        present.add(name);
      }
    }
    return present;
  }

  private static boolean isOfTheStarter(
      String bean, ConfigurableListableBeanFactory ancestor, MethodMetadata method) {
    MethodMetadata creator =
        ancestor.containsBeanDefinition(bean)
                && ancestor.getBeanDefinition(bean) instanceof AnnotatedBeanDefinition annotated
            ? annotated.getFactoryMethodMetadata()
            : null;
    return creator != null
        && creator.getDeclaringClassName().equals(method.getDeclaringClassName());
  }
}
