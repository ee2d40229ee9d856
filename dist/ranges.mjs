// src/plan/ranges.ts
/** Rejected before any entry is looked at, unless `block-metadata` is off. */
const METADATA_RANGES = [
	{
		family: 4,
		text: "169.254.0.0/16",
		why: "link-local, where clouds serve instance credentials"
	},
	{
		family: 4,
		text: "168.63.129.16/32",
		why: "Azure's agent endpoint"
	},
	{
		family: 4,
		text: "100.100.100.200/32",
		why: "Alibaba Cloud's metadata endpoint"
	},
	{
		family: 6,
		text: "fe80::/10",
		why: "link-local"
	},
	{
		family: 6,
		text: "fc00::/7",
		why: "unique local, where clouds serve instance credentials over IPv6"
	},
	{
		family: 6,
		text: "64:ff9b::a9fe:0/112",
		why: "link-local inside IPv6"
	},
	{
		family: 6,
		text: "64:ff9b::a83f:8110/128",
		why: "Azure's agent endpoint inside IPv6"
	},
	{
		family: 6,
		text: "64:ff9b::6464:64c8/128",
		why: "Alibaba Cloud's metadata endpoint inside IPv6"
	}
];
/**
* The near end of the way out, never reached: its gateway stands for the host, its forwarder for the
* host's resolver, and a loopback address that a socket bound to the device sends out is the host's.
* So is what is sent to everyone or to no address: it hands that to the host's loopback. What goes to
* a group would reach the host's neighbours through pasta.
*/
const HOST_LINK = [
	{
		family: 4,
		text: "10.0.2.0/24",
		why: "the sandbox's own link to the host"
	},
	{
		family: 6,
		text: "fd00::/64",
		why: "the sandbox's own link to the host"
	},
	{
		family: 4,
		text: "127.0.0.0/8",
		why: "the host's loopback"
	},
	{
		family: 4,
		text: "0.0.0.0/8",
		why: "the host's loopback"
	},
	{
		family: 4,
		text: "255.255.255.255/32",
		why: "the host's loopback"
	},
	{
		family: 4,
		text: "224.0.0.0/4",
		why: "a group of the network around the host"
	},
	{
		family: 6,
		text: "ff00::/8",
		why: "a group of the network around the host"
	},
	{
		family: 6,
		text: "::1/128",
		why: "the host's loopback"
	},
	{
		family: 6,
		text: "::/128",
		why: "the host's loopback"
	},
	{
		family: 6,
		text: "::ffff:0:0/96",
		why: "IPv4 inside IPv6"
	}
];
/** Reachable only when an entry names them: one that lies within the range. */
const PRIVATE_RANGES = [
	{
		family: 4,
		text: "10.0.0.0/8",
		why: "private"
	},
	{
		family: 4,
		text: "100.64.0.0/10",
		why: "shared address space"
	},
	{
		family: 4,
		text: "172.16.0.0/12",
		why: "private"
	},
	{
		family: 4,
		text: "192.168.0.0/16",
		why: "private"
	},
	{
		family: 6,
		text: "fc00::/7",
		why: "unique local"
	},
	{
		family: 6,
		text: "64:ff9b::a00:0/104",
		why: "private inside IPv6"
	},
	{
		family: 6,
		text: "64:ff9b::6440:0/106",
		why: "shared address space inside IPv6"
	},
	{
		family: 6,
		text: "64:ff9b::ac10:0/108",
		why: "private inside IPv6"
	},
	{
		family: 6,
		text: "64:ff9b::c0a8:0/112",
		why: "private inside IPv6"
	}
];
/** Where slirp4netns and pasta have the host's 127.0.0.1: there the gateway listens. */
const GATEWAY_HOST = "10.0.2.2";
/** Meant for benchmarks of networks (RFC 2544), so that nothing real is shadowed: each allowed name gets one of these. */
const SYNTHETIC_RANGE = "198.18.0.0/15";
/** What the step's resolv.conf names; any other resolver that it asks is the gateway as well. */
const SYNTHETIC_RESOLVER = "198.18.0.1";

export { SYNTHETIC_RANGE as a, PRIVATE_RANGES as i, HOST_LINK as n, SYNTHETIC_RESOLVER as o, METADATA_RANGES as r, GATEWAY_HOST as t };