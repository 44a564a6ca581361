package dev.pools.boot.autoconfigure;

import org.springframework.cloud.context.environment.EnvironmentChangeEvent;
import org.springframework.context.ApplicationListener;

/**
 * Refreshes the pools after each change of the environment, whatever its keys: the value of a
 * setting can be a placeholder for a property of another name.
 */
class RefreshOnChange implements ApplicationListener<EnvironmentChangeEvent> {

  private final PoolsRefresh refresh;

  RefreshOnChange(PoolsRefresh refresh) {
    this.refresh = refresh;
  }

  @Override
  public void onApplicationEvent(EnvironmentChangeEvent event) {
    refresh.refresh();
  }
}
