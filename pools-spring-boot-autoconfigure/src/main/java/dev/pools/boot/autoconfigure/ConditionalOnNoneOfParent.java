package dev.pools.boot.autoconfigure;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.context.annotation.Conditional;

/**
 * Matches unless the application has declared a bean of the method's type, or with one of the
 * names, in an ancestor of the context. The context then uses that one: Actuator finds the
 * endpoints and the health of ancestors too, and fails if it finds two with one id.
 *
 * <p>The starter's own bean of an ancestor does not count. The context has one of its own with the
 * same name, which hides it and shows the pools of both.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
@Conditional(OnNoneOfParent.class)
@interface ConditionalOnNoneOfParent {

  /** The names of beans; if there are none, the type of the method's bean counts. */
  String[] names() default {};
}
