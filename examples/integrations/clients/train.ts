// Trains on iris by a client that was generated from /openapi.json: every path, body and answer
// below is checked by the compiler.
import createClient from "openapi-fetch";
import type { components, paths } from "./schema.js";

type Job = components["schemas"]["Job"];

const client = createClient<paths>({
  baseUrl: process.env["DESCENTD_URL"] ?? "http://127.0.0.1:8000",
  headers: { Authorization: `Bearer ${process.env["DESCENTD_API_KEY"] ?? "none"}` },
});

async function submitted(body: components["schemas"]["JobBody"]): Promise<Job> {
  const { data, error } = await client.POST("/v1/jobs", {
    body,
    params: { header: { "Idempotency-Key": crypto.randomUUID() } },
  });
  if (error !== undefined) throw new Error(JSON.stringify(error));
  if (!("id" in data)) throw new Error("nothing was stored");
  return data;
}

async function atRest(id: string): Promise<Job> {
  for (;;) {
    const { data, error } = await client.GET("/v1/jobs/{job_id}", {
      params: { path: { job_id: id }, query: { wait: 60 } },
    });
    if (data === undefined) throw new Error(JSON.stringify(error));
    if (data.status !== "queued" && data.status !== "running") return data;
  }
}

const fault = await client.POST("/v1/jobs", { body: { dataset: "iris", epochs: 0 } });
console.log(fault.response.status, fault.error?.errors?.map((each) => each.pointer));

const job = await atRest((await submitted({ dataset: "iris", epochs: 30 })).id);
console.log(job.status, job.epoch, job.cost);

const { data: answer } = await client.POST("/v1/jobs/{job_id}/predictions", {
  params: { path: { job_id: job.id } },
  body: { inputs: [[5.1, 3.4, 1.5, 0.2]] },
});
if (typeof answer !== "object") throw new Error("no predictions"); // CSV would be a text
console.log(answer.predictions);
