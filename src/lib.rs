//! rdsproxy-gen scaffolds hardened Amazon RDS Proxies in Terraform and CloudFormation, and audits the ones that others wrote.
//!
//! # One idea
//!
//! Everything becomes a [`Posture`](domain::posture::Posture): the proxies of a document, with what surrounds them. Terraform, a plan, a
//! template and a live account are read into one; a [`Blueprint`](domain::blueprint::Blueprint) is turned into one. A rule judges one
//! posture and does not know where it came from; drift compares two; `new` reads its own output back into one and writes nothing that its
//! own audit would report.
//!
//! # The way of the data
//!
//! | command | way |
//! |---|---|
//! | `new` | [`interview`] → answers → [`Spec`](domain::spec::Spec) → [`Blueprint`](domain::blueprint::Blueprint) → [`render`] → files → read back as by `audit` → written by [`io::files`] |
//! | `audit` | [`io::walk`] → texts → [`language`] → documents → [`source::assemble`] → posture → [`rules`] → [`report`] |
//! | `audit --live`, `snapshot` | [`io::aws`] → [`Snapshot`](domain::snapshot::Snapshot) → [`source::snapshot`] → a document as any other |
//! | `drift` | the baseline and the files of a project → [`language`] → two postures → [`domain::facts`] and [`rewrite::equivalence`] → [`report::drift`] |
//! | `update` | spec → rendered anew → [`rewrite::merge`] with the baseline and the files → proved as by `drift` → written by [`io::files`] |
//! | `pack` | [`io::store`] → archive → trust and limits ([`domain::trust`], [`domain::pack`]) → rendered → compared with the built-in templates by [`rewrite::inventory`] |
//!
//! # Floors
//!
//! Imports go down only; rooms of one floor do not know each other. `tests/suite/repository/architecture` holds this, and that no module
//! leads back to itself.
//!
//! | floor | room | what it is |
//! |---|---|---|
//! | 6 | [`cli`] | the command line, exit codes, panics |
//! | 5 | [`commands`] | one file per subcommand: its arguments, and how its result is printed |
//! | 4 | [`app`] | what the subcommands do: joins the floors below; no capability knows another |
//! | 3 | [`io`] | the only room with effects: terminal, prompts, files, AWS, stores of packs, clock |
//! | 2 | [`interview`] | the questions of `new`, and how they are answered |
//! | 2 | [`source`] | reads a posture from documents |
//! | 2 | [`rewrite`] | compares, edits and merges texts; comments and secrets in them |
//! | 2 | [`rules`] | one file per rule |
//! | 2 | [`render`] | blueprint → files, by templates |
//! | 2 | [`report`] | one file per format |
//! | 1 | [`language`] | what a text says: Terraform, CloudFormation, plans, YAML, HCL; knows no proxy |
//! | 0 | [`domain`] | spec, blueprint, posture, evidence, findings, facts, policies, packs, snapshots; pure |
//!
//! # Invariants
//!
//! 1. Only [`io`] touches the world; everything below is a function of its arguments.
//! 2. No rule knows which source a posture came from.
//! 3. What cannot be determined is reported as such: unknown is a value ([`Evidence`](domain::evidence::Evidence)), never a pass.
//! 4. `new` writes nothing that its own audit would report, and nothing at all when cancelled, interrupted or refused.
//! 5. Same input, same bytes: no clock, no randomness, no hash order.
//! 6. The value of a secret is never read, held or printed.
//! 7. No answer, tag, name or pack value can break out of its string in HCL, YAML, JSON, SQL or Markdown.
//! 8. Packs carry data, never code; a pack may tighten a rule, never loosen one.
//! 9. Every fact is written once: help, README tables, SARIF and tests are drawn from the statics.
//! 10. Closed world: what a reader cannot resolve is open, and what a pack renders beside the built-in templates needs an allowance.
//! 11. A project directory, a pack, a baseline and a snapshot are hostile: nothing outside the project is read, shown, moved or deleted.
//! 12. The proof covers life, not birth: a change of the spec is applied once and leaves nothing to apply.
//!
//! # Where to add what
//!
//! | to add | write | and list it in |
//! |---|---|---|
//! | a rule | `src/rules/<name>.rs` and its samples | [`rules::RULES`] |
//! | an engine | a row, and for a new family its own row too; an example in `generated-examples` | [`domain::engine`] |
//! | a setting that a spec may choose | a row; what the account says of it, its question and its place in the templates | [`domain::settings`], `domain/snapshot/proxies.rs`, `io/aws/proxies.rs`, [`source::snapshot`], `interview/questions/output.rs`, `templates` |
//! | another attribute of a resource | a row for its words, a field of the posture, a line where it is read | `language/vocabulary`, [`domain::posture`], [`source::assemble`]; the compiler names the rest |
//! | a format of a report | `src/report/<name>.rs` | the table of its report, as [`report::FORMATS`]; the list of formats in README.md |
//! | a language | a room of its own in [`language`] that returns a [`Document`](language::resource::Document) | `io/walk` (which files it is, or they are passed over), `app/audit/inputs.rs`; names of its own: [`Dialect`](language::resource::Dialect) and `language/vocabulary` |
//! | a Terraform function | a row | `language/terraform/functions` |
//! | a target to generate | `templates/<name>` | [`render::TARGETS`], `domain/spec/defaults.rs`, how it is read back (`app/read_back.rs`) and compared (`app/comparison`), its steps (`app/new/next_steps.rs`) |
//! | a kind of consumer | its role, its grants and its network | `language/vocabulary`, `source/assemble/connecting.rs` and `known.rs`, `source/assemble/consumers`; live: [`domain::snapshot`], [`io::aws`], [`source::snapshot`] |
//! | a question | a row | [`interview::QUESTIONS`] |
//! | a store of packs | `src/io/store/<name>.rs` | the table of stores in [`io::store`] |
//! | a call to AWS | a row, so that the least policy and the gaps follow | [`domain::calls`] |
//! | a subcommand | `src/app/<name>.rs`, and its arguments in `src/commands/<name>.rs` | [`cli`] |
//!
//! # Words
//!
//! | word | what it stands for |
//! |---|---|
//! | posture | the proxies of a document with all that surrounds them, in one shape for every source |
//! | evidence | a value with its place, a default, a reason why it is not known, or "not in view" |
//! | spec | `rdsproxy.toml`: what was asked for |
//! | blueprint | what was decided for a spec, each choice with its reason |
//! | baseline | what was generated last, kept in `.rdsproxy-gen` |
//! | fact | one path and value of a flattened posture; drift compares facts |
//! | finding | a rule that fails at a place |
//! | waiver | the decision of a team that a finding may stay, with reason, owner and expiry |
//! | pack | templates, presets and limits that a platform team publishes |
//! | allowance | what a pack may render beside the built-in templates |
//! | preset | what a pack suggests, locks or limits among the answers |
//! | snapshot | a live account as a document |
//! | gap | what a call that failed would have shown |

pub mod app;
pub mod cli;
pub mod commands;
pub mod domain;
pub mod interview;
pub mod io;
pub mod language;
pub mod render;
pub mod report;
pub mod rewrite;
pub mod rules;
pub mod source;
