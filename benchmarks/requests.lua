-- Asks the targets of a file in turn, each thread from a place of its own; prints what run.py reads.
local targets = {}
local at = 0

function init(args)
  for line in io.lines(args[1]) do targets[#targets + 1] = line end
  at = math.floor(#targets * (tonumber(tostring(wrk.thread):match("0x(%x+)") or "0", 16) % 97) / 97)
  wrk.headers["Accept"] = "application/sparql-results+json, text/turtle;q=0.5"
  if args[2] then wrk.headers["If-None-Match"] = args[2] end
end

function request()
  at = at % #targets + 1
  return wrk.format("GET", targets[at])
end

function done(summary, latency)
  io.write(string.format("RESULT %d %d %d %d %d %d %d\n", summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(95), latency:percentile(99),
    summary.errors.status, summary.errors.read + summary.errors.timeout + summary.errors.connect))
end
