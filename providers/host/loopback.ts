import { isIPv4 } from "node:net";

/** Whether a host is this machine: 127.0.0.0/8, ::1 (bare or in brackets) or localhost. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || host === "[::1]" || (isIPv4(host) && host.startsWith("127."));
}
