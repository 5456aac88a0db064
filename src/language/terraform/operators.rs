//! Operators in three-valued logic: an unknown operand leaves the result unknown unless the other operand decides it.

use hcl_edit::expr::{BinaryOp, BinaryOperator, Expression, UnaryOp, UnaryOperator};

use super::scope::Scope;
use super::values::{EvaluationFault, Outcome, equal, error, number, truth};
use crate::language::provenance::absorb;
use crate::language::resource::{Node, Value};

impl Scope<'_> {
    pub(super) fn unary(&self, operation: &UnaryOp, whole: &Expression) -> Outcome {
        let operand = self.eval(&operation.expr)?;
        let mut origin = self.origin(whole);
        absorb(&mut origin, &operand.origin);
        let value = match operation.operator.value() {
            UnaryOperator::Neg => Value::Number(-number(&operand.value)?),
            UnaryOperator::Not => Value::Bool(!truth(&operand.value)?),
        };
        Ok(Node::new(value, origin))
    }

    pub(super) fn binary(&self, operation: &BinaryOp, whole: &Expression) -> Outcome {
        let operator = *operation.operator.value();
        let one = self.eval(&operation.lhs_expr)?;
        let mut origin = self.origin(whole);
        absorb(&mut origin, &one.origin);
        if let Some(decisive) = decisive(operator) {
            let one = truth(&one.value);
            if matches!(one, Ok(one) if one == decisive) {
                return Ok(Node::new(Value::Bool(decisive), origin));
            }
            let other = self.eval(&operation.rhs_expr)?;
            absorb(&mut origin, &other.origin);
            let value = Value::Bool(logical(decisive, one, truth(&other.value))?);
            return Ok(Node::new(value, origin));
        }
        let other = self.eval(&operation.rhs_expr)?;
        absorb(&mut origin, &other.origin);
        let value = match operator {
            BinaryOperator::Eq => Value::Bool(equal(&one.value, &other.value)?),
            BinaryOperator::NotEq => Value::Bool(!equal(&one.value, &other.value)?),
            _ => arithmetic(operator, number(&one.value)?, number(&other.value)?)?,
        };
        Ok(Node::new(value, origin))
    }
}

/// Returns the operand that determines the result regardless of the other one.
fn decisive(operator: BinaryOperator) -> Option<bool> {
    match operator {
        BinaryOperator::And => Some(false),
        BinaryOperator::Or => Some(true),
        _ => None,
    }
}

fn logical(decisive: bool, one: Outcome<bool>, other: Outcome<bool>) -> Outcome<bool> {
    match (one, other) {
        (Err(EvaluationFault::Error(reason)), _) => error(reason),
        (_, Ok(other)) if other == decisive => Ok(decisive),
        (Err(fault), _) | (Ok(_), Err(fault)) => Err(fault),
        (Ok(_), Ok(other)) => Ok(other),
    }
}

fn arithmetic(operator: BinaryOperator, one: f64, other: f64) -> Outcome<Value> {
    if other == 0.0 && matches!(operator, BinaryOperator::Div | BinaryOperator::Mod) {
        return error("division by zero");
    }
    Ok(match operator {
        BinaryOperator::Plus => Value::Number(one + other),
        BinaryOperator::Minus => Value::Number(one - other),
        BinaryOperator::Mul => Value::Number(one * other),
        BinaryOperator::Div => Value::Number(one / other),
        BinaryOperator::Mod => Value::Number(one % other),
        BinaryOperator::Less => Value::Bool(one < other),
        BinaryOperator::LessEq => Value::Bool(one <= other),
        BinaryOperator::Greater => Value::Bool(one > other),
        BinaryOperator::GreaterEq => Value::Bool(one >= other),
        BinaryOperator::Eq | BinaryOperator::NotEq | BinaryOperator::And | BinaryOperator::Or => {
            return error("this is not arithmetic");
        }
    })
}
