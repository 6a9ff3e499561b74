//! A schema of its own on the PostgreSQL server of the tests.

use anyhow::Context as _;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _};

/// A schema; goes with [`Schema::drop`].
pub(crate) struct Schema {
    name: String,
    server: String,
    /// What `database.url` is set to.
    pub(crate) address: String,
}

impl Schema {
    /// Makes an empty one on the server that `TEST_DATABASE_URL` names.
    pub(crate) async fn make() -> anyhow::Result<Self> {
        let server = std::env::var("TEST_DATABASE_URL")
            .context("TEST_DATABASE_URL must name a PostgreSQL server (make test starts one)")?;
        let name = format!("lc_torture_{}", std::process::id());
        let schema = Self { address: String::new(), name, server };
        schema.does("CREATE SCHEMA", "").await?;
        let mark = if schema.server.contains('?') { '&' } else { '?' };
        let (server, name) = (&schema.server, &schema.name);
        let address = format!("{server}{mark}options[search_path]={name}&application_name={name}");
        Ok(Self { address, ..schema })
    }

    /// Removes it with everything in it.
    pub(crate) async fn drop(self) -> anyhow::Result<()> {
        self.does("DROP SCHEMA", "CASCADE").await
    }

    async fn does(&self, what: &str, how: &str) -> anyhow::Result<()> {
        let mut admin = sqlx::PgConnection::connect(&self.server).await.context("TEST_DATABASE_URL")?;
        admin.execute(sqlx::raw_sql(AssertSqlSafe(format!("{what} {} {how}", self.name)))).await?;
        admin.close().await?;
        Ok(())
    }
}
