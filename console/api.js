// The daemon's API (docs/openapi.yaml): requests, and the events as they happen.

export class Refusal extends Error {
  constructor(status, body) {
    super(body.error || `status ${status}`);
    this.advice = body.advice || "";
    this.status = status;
  }
}

async function ask(method, path, body, type = "application/json") {
  const options = { method, headers: {} };
  if (body !== undefined) {
    options.headers["Content-Type"] = type;
    options.body = type === "application/json" ? JSON.stringify(body) : body;
  }
  const response = await fetch(path, options);
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refusal(response.status, answer);
  return answer;
}

export const api = {
  enter: (ticket) => ask("POST", "/v1/console/session", { ticket }),
  status: () => ask("GET", "/v1/status"),
  act: (action, more = {}) => ask("POST", "/v1/actions", { action, ...more }),
  input: (messages) => ask("POST", "/v1/input", { messages }),
  takes: (query) => ask("GET", `/v1/takes?${new URLSearchParams(query)}`),
  tags: () => ask("GET", "/v1/tags"),
  take: (id) => ask("GET", `/v1/takes/${id}`),
  arrangement: (id) => ask("GET", `/v1/arrangements/${id}`),
  mark: (id, marks) => ask("POST", `/v1/takes/${id}/marks`, marks),
  remove: (id) => ask("DELETE", `/v1/takes/${id}`),
  restore: (id) => ask("POST", `/v1/takes/${id}/restore`, {}),
  play: (id, arrangement) => ask("POST", `/v1/takes/${id}/play`, arrangement === undefined ? {} : { arrangement }),
  edit: (id, melody) => ask("POST", `/v1/takes/${id}/melody`, melody),
  arrange: (id, wish) => ask("POST", `/v1/takes/${id}/arrangements`, wish),
  models: () => ask("GET", "/v1/models"),
  rollBack: (genre, wish) => ask("POST", `/v1/models/${genre}/rollback`, wish),
  release: (genre, wish) => ask("POST", `/v1/models/${genre}/release`, wish),
  jobs: () => ask("GET", "/v1/jobs"),
  job: (id) => ask("GET", `/v1/jobs/${id}`),
  jobCurves: (id) => ask("GET", `/v1/jobs/${id}/curves`),
  createJob: (request) => ask("POST", "/v1/jobs", request),
  changeJob: (id, step) => ask("POST", `/v1/jobs/${id}/${step}`, {}),
  deleteJob: (id) => ask("DELETE", `/v1/jobs/${id}`),
  lessons: () => ask("GET", "/v1/lessons"),
  lesson: (query) => ask("GET", `/v1/lessons/band?${new URLSearchParams(query)}`),
  importFile: (bytes, name) =>
    ask("POST", `/v1/takes?${new URLSearchParams({ name })}`, bytes, "audio/midi"),
};

const kinds = [
  "state", "noteIn", "bandNote", "takeStored", "arrangementStored", "deviceCame", "deviceWent", "learning", "job", "model",
  "problem", "lost",
];

/// Follows events; the browser itself takes the stream up again behind the last event after a lost connection.
export function follow(hear, connection) {
  const source = new EventSource("/v1/events");
  source.onopen = () => connection(true);
  source.onerror = () => connection(false, source.readyState === EventSource.CLOSED);
  for (const kind of kinds) source.addEventListener(kind, (event) => hear(JSON.parse(event.data)));
  return source;
}
