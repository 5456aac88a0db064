//! The operators, three-valued: `false && unknown` is false, `1 + unknown` is unknown.

use hcl_edit::expr::{BinaryOp, BinaryOperator, UnaryOp, UnaryOperator};

use super::evaluator::{Evaluator, Scope};
use super::expression::{bare, with_way};
use super::value::{Fault, Outcome, equal, number, truth};
use crate::source::resource::{Node, Value};

impl<'a> Evaluator<'a> {
    pub(super) fn unary(&self, operation: &'a UnaryOp, scope: &Scope<'a>) -> Outcome {
        let operand = self.eval(&operation.expr, scope)?;
        let value = match operation.operator.value() {
            UnaryOperator::Neg => Value::Number(-number(&operand)?),
            UnaryOperator::Not => Value::Bool(!truth(&operand)?),
        };
        Ok(with_way(bare(value), &operand.origin))
    }

    pub(super) fn binary(&self, operation: &'a BinaryOp, scope: &Scope<'a>) -> Outcome {
        let operator = *operation.operator.value();
        let left = self.eval(&operation.lhs_expr, scope);
        let right = || self.eval(&operation.rhs_expr, scope);
        match operator {
            BinaryOperator::And => decide(left, right, false),
            BinaryOperator::Or => decide(left, right, true),
            _ => {
                let (left, right) = (left?, right()?);
                let value = apply(operator, &left, &right)?;
                Ok(with_way(with_way(bare(value), &left.origin), &right.origin))
            }
        }
    }
}

/// `&&` and `||`: a side that is `decisive` decides, whatever the other is.
fn decide(left: Outcome, right: impl FnOnce() -> Outcome, decisive: bool) -> Outcome {
    let left = side(left);
    match left {
        Ok((value, node)) if value == decisive => return Ok(node),
        Err(fault @ Fault::Error(_)) => return Err(fault),
        _ => {}
    }
    match (left, side(right())) {
        (_, Ok((value, node))) if value == decisive => Ok(node),
        (Ok((_, one)), Ok((_, other))) => Ok(with_way(one, &other.origin)),
        (Err(fault), _) | (_, Err(fault)) => Err(fault),
    }
}

fn side(outcome: Outcome) -> Outcome<(bool, Node)> {
    let node = outcome?;
    let value = truth(&node)?;
    Ok((value, with_way(bare(Value::Bool(value)), &node.origin)))
}

fn apply(operator: BinaryOperator, left: &Node, right: &Node) -> Outcome<Value> {
    let comparison = |holds: fn(f64, f64) -> bool| -> Outcome<Value> {
        Ok(Value::Bool(holds(number(left)?, number(right)?)))
    };
    match operator {
        BinaryOperator::Eq => Ok(Value::Bool(equal(&left.value, &right.value)?)),
        BinaryOperator::NotEq => Ok(Value::Bool(!equal(&left.value, &right.value)?)),
        BinaryOperator::LessEq => comparison(|one, other| one <= other),
        BinaryOperator::GreaterEq => comparison(|one, other| one >= other),
        BinaryOperator::Less => comparison(|one, other| one < other),
        BinaryOperator::Greater => comparison(|one, other| one > other),
        _ => arithmetic(operator, number(left)?, number(right)?),
    }
}

fn arithmetic(operator: BinaryOperator, left: f64, right: f64) -> Outcome<Value> {
    let result = match operator {
        BinaryOperator::Plus => left + right,
        BinaryOperator::Minus => left - right,
        BinaryOperator::Mul => left * right,
        BinaryOperator::Div => left / right,
        _ => left % right,
    };
    if result.is_finite() {
        Ok(Value::Number(result))
    } else {
        Fault::error("a division by zero, or a number too large")
    }
}
