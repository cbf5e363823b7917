"""What a Redis must do in one step, in its own language.

Each script names one key, so that a cluster can place it; values are binary-safe.

Never here: who calls them.
"""

SWAP = b"""
local found = redis.call('GET', KEYS[1])
if (ARGV[1] == '1' and found ~= ARGV[2]) or (ARGV[1] == '0' and found) then return 0 end
redis.call('SET', KEYS[1], ARGV[3])
return 1
"""
"""Key; ``1`` or ``0`` for whether a value is expected, the expected one, the new one: 1 when it was written."""

APPEND = b"""
redis.call('LPUSH', KEYS[1], ARGV[1])
redis.call('LTRIM', KEYS[1], 0, ARGV[2] - 1)
return 1
"""
"""Key; entry, how many are kept."""

COUNT = b"""
for i = 1, #ARGV, 2 do redis.call('HINCRBYFLOAT', KEYS[1], ARGV[i], ARGV[i + 1]) end
return 1
"""
"""Key; name and amount by turns."""

RENEW = b"""
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
"""
"""Key; holder, milliseconds: 1 when it is held on."""

RELEASE = b"""
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
"""
"""Key; holder."""

TAKE = b"""
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local amount, limit, window = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local room, first = limit, nil
for _, entry in ipairs(redis.call('LRANGE', KEYS[1], 0, -1)) do
  local colon = string.find(entry, ':')
  local at = tonumber(string.sub(entry, 1, colon - 1))
  if at > now or at <= now - window then
    redis.call('LPOP', KEYS[1])
  else
    first = first or at
    room = room - tonumber(string.sub(entry, colon + 1))
  end
end
local given = math.max(0, math.min(amount, room))
if given == 0 then
  return {0, first and first + window - now or window}
end
redis.call('RPUSH', KEYS[1], string.format('%d:%d', now, given))
redis.call('PEXPIRE', KEYS[1], math.ceil(window / 1000) + 1000)
return {given, 0}
"""
"""Key; units wanted, units a window has, microseconds of a window: units given, microseconds until one is free."""
