//! Parses a text into a [`Spec`]: every value is parsed once, and every problem is collected with its place.

use std::collections::BTreeMap;
use std::ops::Range;

use toml::Spanned;

use super::defaults::{DEFAULT_RETENTION_DAYS, RETENTION_DAYS, targets};
use super::places::KeyPlaces;
use super::problem::{NamedText, Placed, nearest, shape_error};
use super::wire::{self, SPEC_SCHEMA, SpecTable};
use super::{
    Access, AuthMode, ConsumerSpec, DatabaseSpec, DatabaseTls, EncryptionSpec, KeySpec,
    MonitoringSpec, NetworkSpec, PoolSpec, ProxySpec, SecretSpec, Spec, SpecError, SpecProblem,
    UserSpec,
};
use crate::domain::engine::{ENGINES, Engine};
use crate::domain::names::{
    AccountId, DatabaseIdentifier, DatabaseName, DatabaseResourceId, EngineVersion, FunctionName,
    KeyArn, NameError, ParameterGroupFamily, ParameterGroupName, ProxyName, Region, RoleArn,
    RoleName, SchemaName, SecretArn, SecurityGroupId, SubnetId, TagKey, TagValue, TopicArn,
    UserName, VpcId,
};
use crate::domain::posture::DatabaseKind;
use crate::domain::settings::{SettingValue, Settings, each_setting};

impl Spec {
    /// Parses a spec; messages refer to it as `file`.
    ///
    /// # Errors
    /// Either the first error of syntax or shape, or all invalid values; each with its place.
    pub fn parse(text: &str, file: &str) -> Result<Self, SpecError> {
        let text = NamedText { file, text };
        let wire: SpecTable =
            toml::from_str(text.text).map_err(|error| shape_error(&text, &error))?;
        let mut reader = SpecReader {
            text: text.placed(),
            problems: Vec::new(),
        };
        match reader.spec(wire) {
            Some(spec) if reader.problems.is_empty() => Ok(spec),
            _ => Err(SpecError(reader.problems)),
        }
    }
}

struct SpecReader<'a> {
    text: Placed<'a>,
    problems: Vec<SpecProblem>,
}

impl SpecReader<'_> {
    fn spec(&mut self, wire: SpecTable) -> Option<Spec> {
        self.schema(&wire.schema);
        let proxy = self.proxy(&wire.proxy);
        let network = self.network(&wire.network);
        let database = self.database(&wire.database, proxy.as_ref().map(|proxy| proxy.engine));
        let mut users = self.each(&wire.users, Self::user);
        let mut consumers = self.each(&wire.consumers, Self::consumer);
        users.sort_by(|a, b| a.name.cmp(&b.name));
        consumers.sort_by(|a, b| a.function.cmp(&b.function));
        let encryption = self.encryption(&wire.encryption);
        let pool = self.pool(&wire.pool);
        let monitoring = self.monitoring(&wire.monitoring);
        let tags = self.tags(&wire.tags);
        Some(Spec {
            proxy: proxy?,
            network: network?,
            database: database?,
            users,
            consumers,
            encryption: encryption?,
            pool,
            monitoring: monitoring?,
            tags,
            targets: targets(&wire.output),
            omit: wire.output.omissions(&self.text),
            places: KeyPlaces::new(&self.text),
        })
    }

    fn problem(&mut self, span: &Range<usize>, message: impl Into<String>, hint: Option<String>) {
        let origin = self.text.origin(span);
        self.problems.push(SpecProblem {
            message: message.into(),
            origin,
            hint,
        });
    }

    fn schema(&mut self, schema: &wire::Number) {
        if *schema.get_ref() != SPEC_SCHEMA {
            let message = format!(
                "schema {} is not one that this version reads: {SPEC_SCHEMA}",
                schema.get_ref()
            );
            self.problem(
                &schema.span(),
                message,
                Some("a newer rdsproxy-gen wrote it".to_owned()),
            );
        }
    }

    fn name<T>(
        &mut self,
        written: &wire::Text,
        parse: fn(&str) -> Result<T, NameError>,
    ) -> Option<T> {
        match parse(written.get_ref()) {
            Ok(name) => Some(name),
            Err(error) => {
                self.problem(&written.span(), error.to_string(), None);
                None
            }
        }
    }

    fn maybe<T>(
        &mut self,
        written: Option<&wire::Text>,
        parse: fn(&str) -> Result<T, NameError>,
    ) -> Option<T> {
        written.and_then(|written| self.name(written, parse))
    }

    fn names<T: Ord>(
        &mut self,
        written: &[wire::Text],
        parse: fn(&str) -> Result<T, NameError>,
    ) -> Vec<T> {
        let mut names = Vec::new();
        for text in written {
            let Some(name) = self.name(text, parse) else {
                continue;
            };
            match names.binary_search(&name) {
                Ok(_) => self.problem(
                    &text.span(),
                    format!("{:?} is named twice", text.get_ref()),
                    None,
                ),
                Err(at) => names.insert(at, name),
            }
        }
        names
    }

    /// Like [`Self::names`], for a list that must not be empty.
    fn some_names<T: Ord>(
        &mut self,
        written: &Spanned<Vec<wire::Text>>,
        parse: fn(&str) -> Result<T, NameError>,
    ) -> Vec<T> {
        if written.get_ref().is_empty() {
            self.problem(
                &written.span(),
                "the list is empty",
                Some("name at least one".to_owned()),
            );
        }
        self.names(written.get_ref(), parse)
    }

    fn choice<T: Copy>(&mut self, written: &wire::Text, known: &[(&str, T)]) -> Option<T> {
        let found = known
            .iter()
            .find(|(word, _)| word == written.get_ref())
            .map(|(_, value)| *value);
        if found.is_none() {
            let words: Vec<&str> = known.iter().map(|(word, _)| *word).collect();
            let hint = nearest(written.get_ref(), words.iter().copied())
                .map(|word| format!("did you mean `{word}`?"));
            let message = format!("{:?} is none of {}", written.get_ref(), words.join(", "));
            self.problem(&written.span(), message, hint);
        }
        found
    }

    fn port(&mut self, written: Option<&wire::Number>) -> Option<u16> {
        let written = written?;
        let port = u16::try_from(*written.get_ref())
            .ok()
            .filter(|port| *port > 0);
        if port.is_none() {
            self.problem(
                &written.span(),
                format!("{} is not a port: 1 to 65535", written.get_ref()),
                None,
            );
        }
        port
    }

    fn setting<T: Clone>(&mut self, written: Option<&wire::SpecValue<T>>) -> Option<SettingValue>
    where
        SettingValue: TryFrom<T, Error: std::fmt::Display>,
    {
        let written = written?;
        match SettingValue::try_from(written.get_ref().clone()) {
            Ok(value) => Some(value),
            Err(error) => {
                self.problem(&written.span(), error.to_string(), None);
                None
            }
        }
    }

    fn each<W, T>(&mut self, written: &[W], read: fn(&mut Self, &W) -> Option<T>) -> Vec<T> {
        written.iter().filter_map(|item| read(self, item)).collect()
    }

    fn proxy(&mut self, wire: &wire::ProxyTable) -> Option<ProxySpec> {
        let engines: Vec<(&str, &'static Engine)> =
            ENGINES.iter().map(|engine| (engine.id, engine)).collect();
        let modes = [
            ("secrets", AuthMode::Secrets),
            ("end-to-end-iam", AuthMode::EndToEndIam),
        ];
        let name = self.name(&wire.name, ProxyName::parse);
        let engine = self.choice(&wire.engine, &engines);
        let region = self.name(&wire.region, Region::parse);
        let account_id = self.name(&wire.account_id, AccountId::parse);
        let auth = match &wire.auth {
            Some(written) => self.choice(written, &modes),
            None => Some(AuthMode::Secrets),
        };
        Some(ProxySpec {
            port: self.port(wire.port.as_ref()),
            name: name?,
            engine: engine?,
            region: region?,
            account_id: account_id?,
            auth: auth?,
            read_only_endpoint: wire.read_only_endpoint,
        })
    }

    fn network(&mut self, wire: &wire::NetworkTable) -> Option<NetworkSpec> {
        let vpc_id = self.name(&wire.vpc_id, VpcId::parse);
        let subnet_ids = self.some_names(&wire.subnet_ids, SubnetId::parse);
        Some(NetworkSpec {
            vpc_id: vpc_id?,
            subnet_ids,
        })
    }

    fn database(
        &mut self,
        wire: &wire::DatabaseTable,
        engine: Option<&'static Engine>,
    ) -> Option<DatabaseSpec> {
        let kinds = [
            ("instance", DatabaseKind::Instance),
            ("cluster", DatabaseKind::Cluster),
        ];
        let tls = [
            ("enforced", DatabaseTls::Enforced),
            ("create-parameter-group", DatabaseTls::CreateParameterGroup),
        ];
        let kind = self.choice(&wire.kind, &kinds);
        let identifier = self.name(&wire.identifier, DatabaseIdentifier::parse);
        let tls = self.choice(&wire.tls, &tls);
        let port = self
            .port(wire.port.as_ref())
            .or(engine.map(|engine| engine.database_port));
        Some(DatabaseSpec {
            resource_id: self.maybe(wire.resource_id.as_ref(), DatabaseResourceId::parse),
            engine_version: self.maybe(wire.engine_version.as_ref(), EngineVersion::parse),
            security_group_ids: self.some_names(&wire.security_group_ids, SecurityGroupId::parse),
            parameter_group: self.maybe(wire.parameter_group.as_ref(), ParameterGroupName::parse),
            parameter_group_family: self.maybe(
                wire.parameter_group_family.as_ref(),
                ParameterGroupFamily::parse,
            ),
            kind: kind?,
            identifier: identifier?,
            port: port?,
            tls: tls?,
        })
    }

    fn user(&mut self, wire: &wire::UserTable) -> Option<UserSpec> {
        let levels = [
            ("read-write", Access::ReadWrite),
            ("read-only", Access::ReadOnly),
        ];
        let name = self.name(&wire.name, UserName::parse);
        let database = self.name(&wire.database, DatabaseName::parse);
        let access = match &wire.access {
            Some(written) => self.choice(written, &levels),
            None => Some(Access::ReadWrite),
        };
        let secret = match wire
            .secret
            .as_ref()
            .filter(|written| written.get_ref() != "create")
        {
            Some(arn) => self.name(arn, SecretArn::parse).map(SecretSpec::Existing),
            None => Some(SecretSpec::Create),
        };
        Some(UserSpec {
            schema: self.maybe(wire.schema.as_ref(), SchemaName::parse),
            secret_kms_key: self.maybe(wire.secret_kms_key.as_ref(), KeyArn::parse),
            name: name?,
            database: database?,
            access: access?,
            secret: secret?,
        })
    }

    fn consumer(&mut self, wire: &wire::ConsumerTable) -> Option<ConsumerSpec> {
        let function = self.name(&wire.function, FunctionName::parse);
        let role = self.name(&wire.role, RoleName::parse);
        Some(ConsumerSpec {
            security_group_ids: self.some_names(&wire.security_group_ids, SecurityGroupId::parse),
            users: self.some_names(&wire.users, UserName::parse),
            function: function?,
            role: role?,
        })
    }

    fn encryption(&mut self, wire: &wire::Encryption) -> Option<EncryptionSpec> {
        let kms_key = match wire
            .kms_key
            .as_ref()
            .filter(|written| written.get_ref() != "create")
        {
            Some(arn) => self.name(arn, KeyArn::parse).map(KeySpec::Existing),
            None => Some(KeySpec::Create),
        };
        Some(EncryptionSpec {
            strict_secret_policy: wire.strict_secret_policy,
            secret_readers: self.names(&wire.secret_readers, RoleArn::parse),
            kms_key: kms_key?,
        })
    }

    fn pool(&mut self, wire: &wire::PoolTable) -> PoolSpec {
        macro_rules! read_settings {
            ($($key:ident: $plain:ident = $about:literal $limit:tt $row:tt)*) => {
                Settings { $($key: self.setting(wire.$key.as_ref()),)* }
            };
        }
        PoolSpec {
            settings: each_setting!(read_settings),
            exclude_variable_sets: wire.exclude_variable_sets,
        }
    }

    fn monitoring(&mut self, wire: &wire::MonitoringTable) -> Option<MonitoringSpec> {
        let topic_arn = self.maybe(wire.topic_arn.as_ref(), TopicArn::parse);
        let days = wire
            .log_retention_days
            .as_ref()
            .map_or(DEFAULT_RETENTION_DAYS, |days| *days.get_ref());
        if !RETENTION_DAYS.contains(&days) {
            let known: Vec<String> = RETENTION_DAYS.iter().map(i64::to_string).collect();
            let message = format!(
                "CloudWatch Logs does not keep a log for {days} days: {}",
                known.join(", ")
            );
            let span = wire
                .log_retention_days
                .as_ref()
                .map_or(0..0, |days| days.span());
            self.problem(&span, message, None);
        }
        Some(MonitoringSpec {
            topic_arn,
            log_retention_days: u32::try_from(days).ok()?,
        })
    }

    fn tags(&mut self, wire: &BTreeMap<wire::Text, wire::Text>) -> BTreeMap<TagKey, TagValue> {
        wire.iter()
            .filter_map(|(key, value)| {
                let key = self.name(key, TagKey::parse);
                let value = self.name(value, TagValue::parse);
                Some((key?, value?))
            })
            .collect()
    }
}
