#![no_main]

rdsproxy_gen_fuzz::search!("pack_texts");
