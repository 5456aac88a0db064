#![no_main]

rdsproxy_gen_fuzz::search!("policy");
