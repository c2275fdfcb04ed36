import "server-only";
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";
import { onceInProcess, type ProcessMetrics } from "@/lib/platform/process-state";

function makeMetrics(): ProcessMetrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry, prefix: "traffic_" });
  return {
    registry,
    requests: new Counter({ name: "traffic_http_requests_total", help: "Answered requests of the API.", labelNames: ["method", "route", "status"], registers }),
    seconds: new Histogram({
      name: "traffic_http_request_seconds", help: "Time to answer a request of the API.", labelNames: ["method", "route"],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10], registers,
    }),
    contributions: new Counter({ name: "traffic_contributions_posted_total", help: "Contributions posted to this process.", labelNames: ["outcome"], registers }),
    up: new Gauge({ name: "traffic_part_up", help: "1 when a part of the platform works, 0.5 when it is degraded, 0 when it is down.", labelNames: ["part"], registers }),
    queue: new Gauge({ name: "traffic_contributions", help: "Contributions by state.", labelNames: ["state"], registers }),
    beats: new Gauge({ name: "traffic_heartbeat_age_seconds", help: "Seconds since a service's last sign of life.", labelNames: ["service", "instance"], registers }),
  };
}

/** The process's measurements. No label ever holds an address, a device or a path that a caller made up. */
export function metrics(): ProcessMetrics {
  return onceInProcess("metrics", makeMetrics);
}
