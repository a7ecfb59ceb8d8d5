-- Tell of revocations before they can be applied. ARGV: fence, lease in ms, then pairs of a row and 'shard:position'
if redis.call('GET', 'fence') ~= ARGV[1] then
    return 'fenced'
end
for place = 3, #ARGV, 2 do
    local known = redis.call('HGET', 'overlay', ARGV[place])
    local before = known and tonumber(known:match(':(%d+)$')) or -1
    if before < tonumber(ARGV[place + 1]:match(':(%d+)$')) then
        redis.call('HSET', 'overlay', ARGV[place], ARGV[place + 1])
    end
end
redis.call('INCR', 'overlay-version')
redis.call('SET', 'lease', ARGV[1], 'PX', ARGV[2])
return 'applied'
