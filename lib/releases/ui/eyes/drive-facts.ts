import { systemRandom } from "@/lib/kernel/random";
import { followDrive, sumWithOthers, type FollowedDrive } from "@/lib/privacy/model/follow-drive";
import file from "@/lib/privacy/model/sample-drive.json";
import { parseSampleDrive, sampleDriveRegion } from "@/lib/privacy/model/sample-drive";
import { accounting, expectedErrors } from "@/lib/privacy/model/accounting";
import type { CellEstimate } from "@/lib/privacy/model/decode-release";
import { profileByName } from "@/lib/privacy/model/noise-law";

export type DriveOptions = { trimEnds: boolean; samplingRate: number };

/** Draws that are made to find one that has something to show. */
const drawsMax = 30;

/** The sample drive as it went through the device this time, and what a buyer reads of its hour. */
export type DriveFacts = {
  followed: FollowedDrive;
  sum: CellEstimate[];
  epsilon: number;
  /** Half of a count's 95 % interval, in vehicles. */
  vehicles95: number;
  threshold: number;
  speedEdges: readonly number[];
  start: number;
  end: number;
  /** Bytes as meaningless to an onlooker as the real ones. */
  noise: Uint8Array;
};

const noiseBytes = 640;

/**
 * Follows the sample drive anew: other discs, another sample, other noise. Computed in this browser by the code that devices run.
 * One drive in many keeps nothing; `visitsMin` asks for a draw that keeps at least so many, as a picture to begin with.
 */
export function drawFacts({ trimEnds, samplingRate }: DriveOptions, visitsMin = 0): DriveFacts {
  const { points, others } = parseSampleDrive(file);
  const region = { ...sampleDriveRegion, samplingRate };
  const draw = () => followDrive({ points, region, trimEnds, random: systemRandom });
  let followed = draw();
  for (let draws = 1; draws < drawsMax && followed.report.counted < visitsMin; draws += 1) followed = draw();
  // Everybody else drove under the standard rate; the sum is read under it too.
  const sum = sumWithOthers({ region: sampleDriveRegion, others, sent: followed.sent, random: systemRandom });
  const law = profileByName(region.profile);
  return {
    followed,
    sum,
    epsilon: accounting(law, region.visitsMax).epsilon,
    vehicles95: expectedErrors(law, sampleDriveRegion.samplingRate).vehicles95,
    threshold: law.threshold,
    speedEdges: region.speedEdges,
    start: region.start,
    end: region.start + region.epochSeconds,
    noise: systemRandom.bytes(noiseBytes),
  };
}
