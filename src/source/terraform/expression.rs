//! What an expression means. References are followed in [`super::traversal`], functions are in [`super::functions`].

use hcl_edit::Span;
use hcl_edit::expr::{Conditional, Expression, ForExpr, FuncCall, Object, ObjectKey};

use super::evaluator::{Evaluator, Scope};
use super::functions;
use super::value::{
    Fault, MAX_ITEMS, Outcome, entries, equal, join_ways, known, list, literal, member, set_member,
    settle, truth,
};
use crate::domain::evidence::Origin;
use crate::source::resource::{Node, Value};

impl<'a> Evaluator<'a> {
    /// The value of an expression, at the place of the expression.
    pub(super) fn eval(&self, expression: &'a Expression, scope: &Scope<'a>) -> Outcome {
        let mut node = self.bounded(|| self.dispatch(expression, scope))?;
        let place = scope.source.span(expression.span());
        if place.line > 0 {
            node.origin.file = place.file;
            node.origin.line = place.line;
            node.origin.column = place.column;
        }
        Ok(node)
    }

    /// The value of an expression; a fault becomes an unresolved value at its place.
    pub(super) fn settled(&self, expression: &'a Expression, scope: &Scope<'a>) -> Node {
        settle(
            self.eval(expression, scope),
            &scope.source.span(expression.span()),
        )
    }

    fn dispatch(&self, expression: &'a Expression, scope: &Scope<'a>) -> Outcome {
        match expression {
            Expression::Null(_) => Ok(bare(Value::Null)),
            Expression::Bool(value) => Ok(bare(Value::Bool(**value))),
            Expression::Number(number) => match number.value().as_f64() {
                Some(number) => Ok(bare(Value::Number(number))),
                None => Fault::unknown("a number too large to be worked out"),
            },
            Expression::String(text) => Ok(bare(Value::text(text.as_str()))),
            Expression::Array(items) => Ok(bare(Value::List(
                items.iter().map(|item| self.settled(item, scope)).collect(),
            ))),
            Expression::Object(object) => self.object(object, scope),
            Expression::StringTemplate(template) => self.template(template.iter(), scope),
            Expression::HeredocTemplate(heredoc) => self.template(heredoc.template.iter(), scope),
            Expression::Parenthesis(inner) => self.eval(inner.inner(), scope),
            Expression::Variable(name) => self.reference(name.as_str(), &[], scope),
            Expression::Conditional(conditional) => self.conditional(conditional, scope),
            Expression::FuncCall(call) => self.call(call, scope),
            Expression::Traversal(traversal) => self.traversal(traversal, scope),
            Expression::UnaryOp(operation) => self.unary(operation, scope),
            Expression::BinaryOp(operation) => self.binary(operation, scope),
            Expression::ForExpr(for_expression) => self.for_expression(for_expression, scope),
        }
    }

    fn object(&self, object: &'a Object, scope: &Scope<'a>) -> Outcome {
        let mut members = Vec::new();
        for (key, value) in object {
            let key = match key {
                ObjectKey::Ident(name) => name.as_str().to_owned(),
                ObjectKey::Expression(expression) => literal(&self.eval(expression, scope)?)?,
            };
            set_member(&mut members, key, self.settled(value.expr(), scope));
        }
        Ok(bare(Value::Map(members)))
    }

    fn conditional(&self, conditional: &'a Conditional, scope: &Scope<'a>) -> Outcome {
        let condition = match self.eval(&conditional.cond_expr, scope) {
            Ok(condition) => condition,
            Err(Fault::Unknown(reason)) => return self.both_ways(conditional, reason, scope),
            Err(fault) => return Err(fault),
        };
        let chosen = match truth(&condition) {
            Ok(true) => self.eval(&conditional.true_expr, scope),
            Ok(false) => self.eval(&conditional.false_expr, scope),
            Err(Fault::Unknown(reason)) => self.both_ways(conditional, reason, scope),
            Err(fault) => Err(fault),
        };
        chosen.map(|node| with_way(node, &condition.origin))
    }

    /// An unknown condition does not matter where both ways lead to the same.
    fn both_ways(
        &self,
        conditional: &'a Conditional,
        reason: String,
        scope: &Scope<'a>,
    ) -> Outcome {
        let one = self.eval(&conditional.true_expr, scope);
        let other = self.eval(&conditional.false_expr, scope);
        match (one, other) {
            (Ok(one), Ok(other)) if equal(&one.value, &other.value) == Ok(true) => {
                Ok(with_way(one, &other.origin))
            }
            _ => Fault::unknown(reason),
        }
    }

    fn for_expression(&self, expression: &'a ForExpr, scope: &Scope<'a>) -> Outcome {
        let collection = self.eval(&expression.intro.collection_expr, scope)?;
        let mut listed = Vec::new();
        let mut keyed: Vec<(String, Node)> = Vec::new();
        for (key, value) in entries(&collection)? {
            let inner = self.iteration(expression, (key, value), scope);
            if let Some(condition) = &expression.cond
                && !truth(&self.eval(&condition.expr, &inner)?)?
            {
                continue;
            }
            let value = self.settled(&expression.value_expr, &inner);
            match &expression.key_expr {
                None => listed.push(value),
                Some(key) => {
                    let key = literal(&self.eval(key, &inner)?)?;
                    insert(&mut keyed, key, value, expression.grouping)?;
                }
            }
        }
        let value = match expression.key_expr {
            None => Value::List(listed),
            Some(_) => Value::Map(keyed),
        };
        Ok(with_way(bare(value), &collection.origin))
    }

    fn iteration(
        &self,
        expression: &ForExpr,
        (key, value): (Value, Node),
        scope: &Scope<'a>,
    ) -> Scope<'a> {
        let intro = &expression.intro;
        let inner = match &intro.key_var {
            Some(name) => scope.bind(name.as_str(), Node::new(key, value.origin.clone())),
            None => scope.clone(),
        };
        inner.bind(intro.value_var.as_str(), value)
    }

    fn call(&self, call: &'a FuncCall, scope: &Scope<'a>) -> Outcome {
        let name = call.name.name.as_str();
        if call.name.is_namespaced() {
            return Fault::unknown(format!("{name}() ← a provider's function"));
        }
        match name {
            "try" => return self.first_that_works(call, scope),
            "can" => return self.works(call, scope),
            "coalesce" => return self.coalesce(call, scope),
            _ => {}
        }
        let arguments = self.arguments(call, scope)?;
        self.spend(arguments.len())?;
        let mut node = bare(match name {
            "file" | "templatefile" => self.read_file(name, &arguments, scope)?,
            _ => functions::call(name, &arguments)?,
        });
        for argument in &arguments {
            join_ways(&mut node.origin, &argument.origin);
        }
        self.spend(functions::size(&node.value))?;
        Ok(node)
    }

    fn arguments(&self, call: &'a FuncCall, scope: &Scope<'a>) -> Outcome<Vec<Node>> {
        let mut arguments = Vec::new();
        for argument in call.args.iter() {
            arguments.push(self.eval(argument, scope)?);
        }
        if call.args.expand_final()
            && let Some(last) = arguments.pop()
        {
            arguments.extend(list(&last)?.iter().cloned());
        }
        Ok(arguments)
    }

    fn first_that_works(&self, call: &'a FuncCall, scope: &Scope<'a>) -> Outcome {
        let mut last = Fault::Error("`try` has no arguments".to_owned());
        for argument in call.args.iter() {
            match self.eval(argument, scope) {
                Err(fault @ Fault::Error(_)) => last = fault,
                outcome => return outcome,
            }
        }
        Err(last)
    }

    fn works(&self, call: &'a FuncCall, scope: &Scope<'a>) -> Outcome {
        match call.args.iter().next().map(|first| self.eval(first, scope)) {
            Some(Ok(node)) => known(&node).map(|_| bare(Value::Bool(true))),
            Some(Err(Fault::Error(_))) => Ok(bare(Value::Bool(false))),
            Some(Err(fault)) => Err(fault),
            None => Fault::error("`can` has no arguments"),
        }
    }

    fn coalesce(&self, call: &'a FuncCall, scope: &Scope<'a>) -> Outcome {
        let mut way = Origin::default();
        for argument in self.lazily(call, scope) {
            let argument = argument?;
            join_ways(&mut way, &argument.origin);
            match known(&argument)? {
                Value::Null => {}
                value if *value == Value::text("") => {}
                _ => return Ok(with_way(argument, &way)),
            }
        }
        Fault::error("`coalesce` has only null and empty arguments")
    }

    /// The arguments one by one; a last one with `...` is taken apart.
    fn lazily<'s>(
        &'s self,
        call: &'a FuncCall,
        scope: &'s Scope<'a>,
    ) -> impl Iterator<Item = Outcome> + 's
    where
        'a: 's,
    {
        let last = call.args.len().saturating_sub(1);
        let expand = call.args.expand_final();
        call.args
            .iter()
            .enumerate()
            .flat_map(move |(index, argument)| match self.eval(argument, scope) {
                Ok(node) if expand && index == last => match list(&node) {
                    Ok(items) => items.iter().cloned().map(Ok).collect(),
                    Err(fault) => vec![Err(fault)],
                },
                outcome => vec![outcome],
            })
    }
}

fn insert(
    members: &mut Vec<(String, Node)>,
    key: String,
    value: Node,
    grouping: bool,
) -> Outcome<()> {
    if members.len() >= MAX_ITEMS {
        return Fault::unknown(format!("a map of more than {MAX_ITEMS} items"));
    }
    match (member(members, &key).map(|node| &node.value), grouping) {
        (None, false) => members.push((key, value)),
        (None, true) => {
            let origin = value.origin.clone();
            members.push((key, Node::new(Value::List(vec![value]), origin)));
        }
        (Some(Value::List(group)), true) => {
            let mut group = group.clone();
            let origin = value.origin.clone();
            group.push(value);
            set_member(members, key, Node::new(Value::List(group), origin));
        }
        (Some(_), _) => return Fault::error(format!("two items have the key `{key}`")),
    }
    Ok(())
}

/// A value without a place yet: [`Evaluator::eval`] gives it the one of its expression.
pub(super) fn bare(value: Value) -> Node {
    Node::new(value, Origin::default())
}

/// The node, with the way of something that decided about it.
pub(super) fn with_way(mut node: Node, way: &Origin) -> Node {
    join_ways(&mut node.origin, way);
    node
}
