// A connection to RDS for PostgreSQL through RDS Proxy orders-proxy, with an IAM token and a verified certificate.
//
// `connection()` resolves to a connection that works, and keeps it between invocations of a Lambda function.
//
// The token is made here, from the credentials of the function; no service is asked for it. It opens connections for 15 minutes,
// so each new connection gets a new one. It is bound to the proxy's own name, port and region and to one user.
// Source: RDS User Guide, "Connecting to a database using IAM authentication".
//
// The certificate of the proxy comes from AWS Certificate Manager, so the roots of Amazon Trust Services verify it, which Node.js
// holds. The certificates of RDS (global-bundle.pem) do not verify a proxy.
// Source: RDS User Guide, "Using TLS/SSL with RDS Proxy".
//
// From Node.js 20 on, Lambda no longer loads Amazon's own certificates by itself. Where one is missing, set the variable
// NODE_EXTRA_CA_CERTS=/var/runtime/ca-cert.pem of the function; never switch the verification off.

import { Signer } from "@aws-sdk/rds-signer";
import pg from "pg";

const PORT = 5432;
const REGION = "eu-west-1";
const CONNECT_TIMEOUT_MS = 30 * 1000;

// The proxy closes a connection that its client leaves idle for 1800 seconds, and each after 24 hours. A function that
// was frozen does not hear of it, so a connection is tried before it is used again.
const TRIED_FOR_MS = 30_000;

let current;
let lastUse = 0;

/** A new token for one user; only whoever may `rds-db:connect` as that user can use it. */
export async function token(user) {
  // The proxy's own name: an alias (CNAME) is in neither the certificate nor the token.
  const signer = new Signer({ hostname: process.env.PROXY_ENDPOINT, port: PORT, region: REGION, username: user });
  return signer.getAuthToken();
}

/** What a new connection is opened with. */
export async function options() {
  const user = process.env.PROXY_USER;
  return {
    host: process.env.PROXY_ENDPOINT,
    port: PORT,
    database: process.env.PROXY_DATABASE,
    user,
    password: await token(user),
    // Verifies the certificate and compares the name in it.
    ssl: { rejectUnauthorized: true },
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  };
}

async function connect() {
  const client = new pg.Client(await options());
  // Without a listener a connection that breaks while idle ends the process.
  client.on("error", () => forget(client));
  await client.connect();
  return client;
}

async function tried(client) {
  await client.query("SELECT 1");
}

function forget(client) {
  if (current === client) {
    current = undefined;
  }
}

async function works(client) {
  try {
    await tried(client);
    return true;
  } catch {
    forget(client);
    return false;
  }
}

/** The connection of this process; a new one when there is none or it no longer answers. */
export async function connection() {
  const idle = Date.now() - lastUse;
  if (current === undefined || (idle > TRIED_FOR_MS && !(await works(current)))) {
    current = await connect();
  }
  lastUse = Date.now();
  return current;
}
