package dev.pools.boot.endpoint;

import java.lang.reflect.Method;
import javax.management.MBeanOperationInfo;
import javax.management.MBeanParameterInfo;
import javax.management.StandardMBean;

/** An MXBean that shows the parameters of its operations by their names, instead of p0 and p1. */
final class NamedParameters extends StandardMBean {

  <T> NamedParameters(T bean, Class<T> type) {
    super(bean, type, /* isMXBean= */ true);
  }

  /** No operation has an overload, so its name is enough to find its method. */
  @Override
  protected String getParameterName(
      MBeanOperationInfo operation, MBeanParameterInfo parameter, int index) {
    for (Method method : getMBeanInterface().getMethods()) {
      if (method.getName().equals(operation.getName())) {
        return method.getParameters()[index].getName();
      }
    }
    return super.getParameterName(operation, parameter, index);
  }
}
