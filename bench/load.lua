-- For wrk: sends the requests of $BODIES in turn. A line is `POST PATH BODY` or `GET PATH`; `@@` in a body is replaced
-- by a number that is never used twice. Writes what came of it to $SUMMARY as JSON.
local headers = {
  ["Content-Type"] = "application/json",
  ["Accept"] = "application/json",
  ["Authorization"] = "Bearer f1d2d2f924e986ac86fdf7b36c94bcdf32beec15",
  ["X-Moltin-Customer-Token"] = "a0b1c2d3e4f5a6b7c8d9e0f1a2b3c4d5e6f7a8b9",
}
local turns, fresh, turn = {}, tonumber(os.getenv("FRESH") or "0"), 0

init = function()
  for line in io.lines(os.getenv("BODIES")) do
    local method, path, body = line:match("^(%u+) (%S+) ?(.*)$")
    if method == "GET" then body = nil end
    if body and body:find("@@", 1, true) then
      turns[#turns + 1] = function()
        fresh = fresh + 1
        return wrk.format(method, path, headers, (body:gsub("@@", tostring(fresh))))
      end
    else
      local made = wrk.format(method, path, headers, body)
      turns[#turns + 1] = function() return made end
    end
  end
end

request = function()
  turn = turn % #turns + 1
  return turns[turn]()
end

done = function(summary, latency)
  local errors, file = summary.errors, io.open(os.getenv("SUMMARY"), "w")
  file:write(string.format(
    '{"requests":%d,"seconds":%f,"bytes":%d,"failed":%d,"p50_ms":%f,"p99_ms":%f}',
    summary.requests, summary.duration / 1e6, summary.bytes,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3))
  file:close()
end
