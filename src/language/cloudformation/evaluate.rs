//! Turns a tree into a node. This is the only module that distinguishes a function from a value.

use super::estate::{Stack, TemplateEstate};
use super::loops::FOR_EACH;
use super::scalars;
use super::template::{TRANSFORM, Template, macro_name};
use crate::domain::evidence::Origin;
use crate::language::budget::short;
use crate::language::placed::placed_value;
use crate::language::resource::{Node, Value};
use crate::language::yaml::{Content, Place, Tree};

/// The stack in which a value is evaluated.
#[derive(Clone, Copy, Debug)]
pub(super) struct StackScope<'e> {
    pub(super) estate: &'e TemplateEstate<'e>,
    pub(super) stack: usize,
}

/// The argument of a function. The short form (`!Ref X`) puts the name of the function on its argument as a tag, which
/// must then be ignored.
#[derive(Clone, Copy, Debug)]
pub(super) struct Argument<'t> {
    pub(super) tree: &'t Tree,
    tagged: bool,
}

/// A function with its argument.
#[derive(Clone, Copy, Debug)]
pub(super) struct FunctionCall<'t> {
    /// The name without `Fn::` and without `!`.
    pub(super) name: &'t str,
    pub(super) argument: Argument<'t>,
}

impl TemplateEstate<'_> {
    /// Returns the scope of every stack.
    pub(super) fn scopes(&self) -> impl Iterator<Item = StackScope<'_>> {
        (0..self.stacks.len()).map(|stack| StackScope {
            estate: self,
            stack,
        })
    }
}

impl<'e> StackScope<'e> {
    pub(super) fn stack(&self) -> &'e Stack {
        &self.estate.stacks[self.stack]
    }

    pub(super) fn template(&self) -> &'e Template {
        &self.estate.templates[self.stack().template]
    }

    /// Returns the scope of another stack of the same estate.
    pub(super) fn elsewhere(&self, stack: usize) -> Self {
        Self {
            estate: self.estate,
            stack,
        }
    }

    pub(super) fn origin(&self, place: Place) -> Origin {
        self.template().origin(place)
    }

    /// Fills in the partition, the region and the account of the stack if they are known. The value is marked: another
    /// deployment may decide it differently, as another value of a parameter may.
    pub(super) fn placed(&self, node: Node) -> Node {
        let Some(deployment) = self.estate.deployment else {
            return node;
        };
        let value = placed_value(&node.value, deployment);
        let mut origin = node.origin;
        if value != node.value {
            origin
                .default_of
                .get_or_insert_with(|| "AWS::Region or AWS::AccountId".to_owned());
        }
        Node::new(value, origin)
    }

    /// Returns the full address of a resource of this stack.
    pub(super) fn address(&self, logical_id: &str) -> String {
        format!("{}{logical_id}", self.stack().prefix)
    }

    /// Evaluates a tree, which may be a value or a function.
    pub(super) fn eval(&self, tree: &Tree) -> Node {
        self.guarded(tree.place, || match call(tree) {
            Some(call) => self.call(&call, self.origin_of(tree)),
            None => self.eval_content(tree),
        })
    }

    /// Returns the place of a value, with the default that determined it.
    fn origin_of(&self, tree: &Tree) -> Origin {
        let is_scalar = tree.scalar().is_some();
        let default = self.template().defaults.get(&tree.place);
        Origin {
            default_of: default.filter(|_| is_scalar).cloned(),
            ..self.origin(tree.place)
        }
    }

    /// Evaluates the argument of a function.
    pub(super) fn eval_argument(&self, argument: Argument<'_>) -> Node {
        let tree = argument.tree;
        if !argument.tagged {
            return self.eval(tree);
        }
        self.guarded(tree.place, || match long_form(tree) {
            Some(call) => self.call(&call, self.origin(tree.place)),
            None => self.eval_content(tree),
        })
    }

    fn guarded(&self, place: Place, work: impl FnOnce() -> Node) -> Node {
        self.estate
            .budget
            .deeper(work)
            .unwrap_or_else(|reason| Node::new(Value::Unresolved(reason), self.origin(place)))
    }

    fn eval_content(&self, tree: &Tree) -> Node {
        let value = match &tree.content {
            Content::Scalar { text, plain } => self.eval_scalar(text, *plain),
            Content::List(items) => Value::List(
                items
                    .iter()
                    .map(|item| self.eval(item))
                    .filter(|item| item.value != Value::Null)
                    .collect(),
            ),
            Content::Map(members) => Value::Map(
                members
                    .iter()
                    .map(|(key, member)| (key.text.clone(), self.eval_member(&key.text, member)))
                    .collect(),
            ),
            Content::Broken(reason) => Value::Unresolved(reason.clone()),
        };
        Node::new(value, self.origin_of(tree))
    }

    /// Evaluates a member. A function among ordinary members adds to them at deployment.
    fn eval_member(&self, key: &str, member: &Tree) -> Node {
        if key == TRANSFORM || key.starts_with(FOR_EACH) {
            self.added_later(key, member)
        } else {
            self.eval(member)
        }
    }

    /// Returns an unresolved value in place of members that are known only at deployment.
    pub(super) fn added_later(&self, key: &str, member: &Tree) -> Node {
        let reason = match macro_name(member) {
            Some(name) => format!(
                "`{}` of {key} may bring it in when it is deployed",
                short(name)
            ),
            None => format!("{} may bring it in when it is deployed", short(key)),
        };
        Node::new(Value::Unresolved(reason), self.origin(member.place))
    }

    fn eval_scalar(&self, text: &str, plain: bool) -> Value {
        if let Err(reason) = self.estate.budget.pay_for_text(text.len()) {
            return Value::Unresolved(reason);
        }
        if self.template().has_variables && text.contains("${") {
            scalars::with_variables(text)
        } else {
            scalars::value(text, plain)
        }
    }
}

impl<'t> Argument<'t> {
    /// Returns the items if the argument is written as a list.
    pub(super) fn items(&self) -> &'t [Tree] {
        self.tree.items()
    }

    /// Returns the text if the argument is written as text.
    pub(super) fn text(&self) -> Option<&'t str> {
        if self.tagged {
            self.tree.scalar()
        } else {
            self.tree.literal()
        }
    }
}

/// Returns the function that a tree calls, in its short or its long form.
pub(super) fn call(tree: &Tree) -> Option<FunctionCall<'_>> {
    match &tree.tag {
        Some(name) => Some(FunctionCall {
            name: name.strip_prefix("Fn::").unwrap_or(name),
            argument: Argument { tree, tagged: true },
        }),
        None => long_form(tree),
    }
}

fn long_form(tree: &Tree) -> Option<FunctionCall<'_>> {
    let [(key, argument)] = tree.members() else {
        return None;
    };
    let name = match key.text.as_str() {
        "Ref" => "Ref",
        function => function.strip_prefix("Fn::")?,
    };
    (!name.starts_with("ForEach")).then_some(FunctionCall {
        name,
        argument: Argument {
            tree: argument,
            tagged: false,
        },
    })
}
