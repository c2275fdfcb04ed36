import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";

/** When a process started, as text that is only good for comparing; undefined when there is no such process. */
export function startTimeOf(pid: number): Promise<string | undefined> {
  return process.platform === "linux" ? fromProc(pid) : fromPs(pid);
}

/**
 * Field 22 of /proc/PID/stat (clock ticks since boot), counted behind the name, which may itself hold blanks and
 * brackets, see proc(5); with the boot's id, because ticks begin anew. A zombie counts as ended.
 */
async function fromProc(pid: number): Promise<string | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (fields[0] === "Z") return undefined;
    const boot = await readFile("/proc/sys/kernel/random/boot_id", "utf8");
    return `${boot.trim()}/${fields[19]}`;
  } catch {
    return undefined; // no such process
  }
}

function fromPs(pid: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile("ps", ["-o", "lstart=", "-p", String(pid)], { timeout: 5_000 }, (error, output) => {
      const text = output.trim();
      resolve(error === null && text !== "" ? text : undefined);
    });
  });
}
