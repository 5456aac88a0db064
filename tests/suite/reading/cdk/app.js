// Synthesised with aws-cdk-lib 2.276.0: `npm i aws-cdk-lib constructs && node app.js` writes cdk.out/Orders.template.json.
// An application as the documentation of the CDK would have one: a cluster, its secret, and a proxy for a function.
const { App, Stack } = require('aws-cdk-lib');
const ec2 = require('aws-cdk-lib/aws-ec2');
const rds = require('aws-cdk-lib/aws-rds');

const stack = new Stack(new App({ outdir: 'cdk.out' }), 'Orders', { env: { region: 'eu-west-1' } });
const vpc = new ec2.Vpc(stack, 'Vpc', { maxAzs: 2, natGateways: 0, subnetConfiguration: [{ name: 'data', subnetType: ec2.SubnetType.PRIVATE_ISOLATED }] });
const database = new rds.DatabaseInstance(stack, 'Database', {
  engine: rds.DatabaseInstanceEngine.postgres({ version: rds.PostgresEngineVersion.VER_16_4 }),
  vpc,
  vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
});
new rds.DatabaseProxy(stack, 'Plain', {
  proxyTarget: rds.ProxyTarget.fromInstance(database),
  secrets: [database.secret],
  vpc,
  vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
});
new rds.DatabaseProxy(stack, 'Hardened', {
  proxyTarget: rds.ProxyTarget.fromInstance(database),
  secrets: [new rds.DatabaseSecret(stack, 'Reader', { username: 'reader' })],
  vpc,
  vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
  iamAuth: true,
  requireTLS: true,
  debugLogging: false,
});
stack.node.root.synth();
