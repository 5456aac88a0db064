module "orders" {
  source = "../../modules/orders"

  /* für später: 𝄞 */ debug = true
}
