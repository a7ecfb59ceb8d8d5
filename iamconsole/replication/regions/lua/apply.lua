-- Apply a batch, once: whoever was followed by another holder of the lease, or read from another cursor, changes nothing.
-- ARGV: fence, generation, batch (JSON), lease in ms, 'held' where the batch comes from the list of those held back
if redis.call('GET', 'fence') ~= ARGV[1] then
    return 'fenced'
end
local at, batch = ARGV[2] .. ':', cjson.decode(ARGV[3])
if (redis.call('HGET', at .. 'cursors', batch.shard) or '') ~= batch.from then
    return 'moved'
end
local MODULUS = 70368744177664 -- 2^46: what %.14g still writes whole

local function count(bucket, more, less)
    local sum = (tonumber(redis.call('HGET', at .. 'digests', bucket) or 0) + more - less) % MODULUS
    redis.call('HSET', at .. 'digests', bucket, string.format('%.0f', sum))
end

for _, row in ipairs(batch.rows) do
    local key, id, position, packed, bucket, weight, places = unpack(row)
    local known = redis.call('HGET', at .. 'versions', key)
    local old = known and cjson.decode(known) or {-1, '', 0, {}}
    if old[1] < position or batch.repairs then
        for _, place in ipairs(old[4]) do
            if redis.call('HGET', at .. place[1], place[2]) == id then
                redis.call('HDEL', at .. place[1], place[2])
            end
        end
        for _, place in ipairs(places) do
            redis.call('HSET', at .. place[1], place[2], id)
        end
        if packed == '' then
            redis.call('HDEL', at .. 'rows', key)
        else
            redis.call('HSET', at .. 'rows', key, packed)
        end
        redis.call('HSET', at .. 'versions', key, cjson.encode({position, bucket, weight, places}))
        if old[2] ~= '' then
            count(old[2], 0, old[3])
        end
        count(bucket, weight, 0)
    end
end
for digest, text in pairs(batch.documents) do
    redis.call('HSET', at .. 'documents', digest, text)
end
local version = redis.call('INCR', at .. 'version')
for _, account in ipairs(batch.accounts) do
    redis.call('ZADD', at .. 'stamps', version, account)
end
for bucket, times in pairs(batch.latencies) do
    redis.call('HINCRBY', 'latencies', bucket, times)
end
redis.call('HSET', at .. 'cursors', batch.shard, batch.to)
if redis.call('GET', 'generation') == ARGV[2] and redis.call('HLEN', 'overlay') > 0 then
    local denied = redis.call('HGETALL', 'overlay')
    for place = 1, #denied, 2 do
        local shard, position = denied[place + 1]:match('^(%d+):(%d+)$')
        if shard == batch.shard and tonumber(position) <= batch.applied then
            redis.call('HDEL', 'overlay', denied[place])
        end
    end
    redis.call('INCR', 'overlay-version')
end
if ARGV[5] == 'held' then
    redis.call('LPOP', at .. 'held')
end
redis.call('SET', 'lease', ARGV[1], 'PX', ARGV[4])
return 'applied'
