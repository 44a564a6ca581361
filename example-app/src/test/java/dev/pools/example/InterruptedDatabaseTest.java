package dev.pools.example;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.io.ClassPathResource;

/** The pool interrupts tasks, and a task may just use the database. */
class InterruptedDatabaseTest {

  @Test
  void databaseStaysOpenWhenAThreadIsInterrupted(@TempDir Path folder) throws Exception {
    String url =
        (String)
            new YamlPropertySourceLoader()
                .load("settings", new ClassPathResource("application.yml"))
                .get(0)
                .getProperty("example.database.url");
    url = url.replace("./data", folder.toString().replace('\\', '/'));
    try (Connection connection = DriverManager.getConnection(url, "sa", "");
        Statement statement = connection.createStatement()) {
      statement.execute("create table t (content varchar(2000000))");
      Thread.currentThread().interrupt();
      try {
        insertLarge(statement);
        statement.execute("checkpoint sync");
      } catch (SQLException failure) {
        // This statement may fail, but no later one.
      } finally {
        Thread.interrupted();
      }

      insertLarge(statement);
      try (ResultSet rows = statement.executeQuery("select count(*) from t")) {
        assertThat(rows.next()).isTrue();
        assertThat(rows.getInt(1)).isPositive();
      }
    }
  }

  private static void insertLarge(Statement statement) throws SQLException {
    statement.execute("insert into t values (repeat('x', 1000000))");
  }
}
