name    = "shop"
subnets = ["subnet-0c", "subnet-0d"]
users = {
  app = { name = "app", iam = "REQUIRED" }
}
