import { operations } from "@/lib/delivery/model/operations";
import { registerDevice } from "@/lib/ingest/mutations/register-device";
import { deviceAnswerSchema } from "@/lib/ingest/schema";
import { endpoint, serve } from "@/lib/platform/endpoint";
import { env } from "@/lib/platform/env";
import { answerOnce } from "@/lib/platform/idempotency";
import { pool } from "@/lib/platform/pool";

const register = serve(operations.registerDevice, ({ network, repeatable }) =>
  answerOnce("devices", repeatable, {
    schema: deviceAnswerSchema,
    make: () => registerDevice(pool(), { network, perDay: env().DEVICES_PER_DAY, now: new Date() }),
  }));

export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = endpoint(register);
