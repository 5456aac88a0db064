//! Reads the metrics of the last two weeks for connections without TLS: evidence that no setting provides.
//!
//! Source: RDS User Guide, "Monitoring RDS Proxy metrics with Amazon CloudWatch".
#![allow(clippy::disallowed_methods)]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use aws_sdk_cloudwatch::Client;
use aws_sdk_cloudwatch::types::{Dimension, Metric, MetricDataQuery, MetricDataResult, MetricStat};

use super::limiter::{CallPurpose, Limiter, all};
use crate::domain::snapshot::{ClearTextFacts, ProxyFacts};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// The period of the metrics in days. The texts of the rules state this number.
const DAYS: u32 = 14;
/// The resolution of the metrics in seconds: one value for each hour.
const HOUR: i32 = 3600;

const CLIENTS: &str = "clients";
const DATABASE: &str = "database";
const ENCRYPTED: &str = "encrypted";

/// Adds to each proxy the evidence from its metrics.
pub(super) async fn with_clear_text(
    client: Client,
    limiter: Arc<Limiter>,
    proxies: Vec<ProxyFacts>,
) -> Vec<ProxyFacts> {
    let jobs = proxies.into_iter().map(|proxy| {
        let (client, limiter) = (client.clone(), Arc::clone(&limiter));
        async move {
            let results = results(&client, &limiter, &proxy.name).await;
            ProxyFacts {
                clear_text: facts(&results),
                ..proxy
            }
        }
    });
    all(jobs).await
}

async fn results(client: &Client, limiter: &Limiter, proxy: &str) -> Vec<MetricDataResult> {
    let now = SystemTime::now();
    let request = client
        .get_metric_data()
        .start_time((now - DAY * DAYS).into())
        .end_time(now.into())
        .set_metric_data_queries(Some(queries(proxy)));
    let pages = request
        .into_paginator()
        .stop_on_duplicate_token(false)
        .send();
    let ask = CallPurpose::new("cloudwatch:GetMetricData", "proxies");
    let pages = limiter.ask(ask, pages.collect::<Result<Vec<_>, _>>()).await;
    let pages = pages.into_iter().flatten();
    pages
        .flat_map(|page| page.metric_data_results.unwrap_or_default())
        .collect()
}

fn queries(proxy: &str) -> Vec<MetricDataQuery> {
    vec![
        query(CLIENTS, "ClientConnectionsNoTLS", proxy),
        query(DATABASE, "DatabaseConnections", proxy),
        query(ENCRYPTED, "DatabaseConnectionsWithTLS", proxy),
    ]
}

fn query(id: &str, metric: &str, proxy: &str) -> MetricDataQuery {
    let dimension = Dimension::builder().name("ProxyName").value(proxy).build();
    let metric = Metric::builder()
        .namespace("AWS/RDS")
        .metric_name(metric)
        .dimensions(dimension)
        .build();
    let sum = MetricStat::builder()
        .metric(metric)
        .period(HOUR)
        .stat("Sum")
        .build();
    MetricDataQuery::builder().id(id).metric_stat(sum).build()
}

/// Returns the hours with connections without TLS, or `None` if no metric has any data. There is no metric for
/// unencrypted connections to the database; they are all connections minus the encrypted ones.
fn facts(results: &[MetricDataResult]) -> Option<ClearTextFacts> {
    let encrypted = by_hour(results, ENCRYPTED);
    let remainder = by_hour(results, DATABASE)
        .into_iter()
        .map(|(hour, all)| all - encrypted.get(&hour).copied().unwrap_or_default());
    let facts = ClearTextFacts {
        client_hours: hours(by_hour(results, CLIENTS).into_values()),
        database_hours: hours(remainder),
    };
    (facts != ClearTextFacts::default()).then_some(facts)
}

/// Returns the values of one query, by the first second of their hour.
fn by_hour(results: &[MetricDataResult], id: &str) -> BTreeMap<i64, f64> {
    let of_query = results.iter().filter(|result| result.id() == Some(id));
    of_query
        .flat_map(|result| result.timestamps().iter().zip(result.values()))
        .map(|(hour, value)| (hour.secs(), *value))
        .collect()
}

/// Counts the hours in which the value is above zero; `None` if there are no values.
fn hours(values: impl Iterator<Item = f64>) -> Option<u32> {
    let above: Vec<bool> = values.map(|value| value > 0.0).collect();
    let count = above.iter().filter(|above| **above).count();
    (!above.is_empty()).then(|| u32::try_from(count).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use aws_sdk_cloudwatch::primitives::DateTime;

    use super::*;

    fn result(id: &str, values: &[(i64, f64)]) -> MetricDataResult {
        let hours = values.iter().map(|(hour, _)| DateTime::from_secs(*hour));
        MetricDataResult::builder()
            .id(id)
            .set_timestamps(Some(hours.collect()))
            .set_values(Some(values.iter().map(|(_, value)| *value).collect()))
            .build()
    }

    #[test]
    fn aws_hours_with_clear_text_are_counted_and_silence_is_no_answer() {
        let pages = [
            result(CLIENTS, &[(1, 0.0), (2, 3.0)]),
            result(CLIENTS, &[(3, 1.0)]),
            result(DATABASE, &[(1, 5.0), (2, 5.0), (3, 5.0)]),
            result(ENCRYPTED, &[(1, 5.0), (3, 2.0)]),
        ];
        let seen = facts(&pages).unwrap();
        assert_eq!((seen.client_hours, seen.database_hours), (Some(2), Some(2)));
        assert_eq!(facts(&[result(CLIENTS, &[])]), None);
        let seen = facts(&[result(DATABASE, &[(1, 0.0)])]).unwrap();
        assert_eq!((seen.client_hours, seen.database_hours), (None, Some(0)));
    }

    #[test]
    fn aws_every_metric_is_asked_by_the_name_of_the_proxy() {
        for query in queries("orders") {
            let metric = query.metric_stat().and_then(MetricStat::metric).unwrap();
            let dimension = &metric.dimensions()[0];
            assert_eq!(dimension.name(), Some("ProxyName"));
            assert_eq!(dimension.value(), Some("orders"));
        }
    }
}
