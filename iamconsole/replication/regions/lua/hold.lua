-- Hold a batch back until it is due. ARGV: fence, generation, how many are held already, lease in ms, what is held
if redis.call('GET', 'fence') ~= ARGV[1] then
    return 'fenced'
end
local held = ARGV[2] .. ':held'
if redis.call('LLEN', held) ~= tonumber(ARGV[3]) then
    return 'moved'
end
redis.call('RPUSH', held, ARGV[5])
redis.call('SET', 'lease', ARGV[1], 'PX', ARGV[4])
return 'applied'
