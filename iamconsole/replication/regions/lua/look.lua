-- Where the region stands, in one round trip.
-- ARGV: generation, version and overlay version that the reader knows, and how many accounts it wants to hear of
local generation = redis.call('GET', 'generation')
if not generation then
    return {}
end
local at = generation .. ':'
local version = redis.call('GET', at .. 'version') or '0'
local overlaid = redis.call('GET', 'overlay-version') or '0'
local changed, overlay = {}, false
if generation == ARGV[1] and version ~= ARGV[2] then
    changed = redis.call('ZRANGEBYSCORE', at .. 'stamps', '(' .. ARGV[2], '+inf', 'WITHSCORES', 'LIMIT', 0, ARGV[4])
end
if overlaid ~= ARGV[3] then
    overlay = redis.call('HGETALL', 'overlay')
end
return {generation, version, overlaid, redis.call('HGETALL', at .. 'cursors'), changed, overlay}
