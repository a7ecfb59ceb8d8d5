-- The right to write for a while, as a number that grows with every holder. ARGV: ms
if redis.call('EXISTS', 'lease') == 1 then
    return false
end
local fence = redis.call('INCR', 'fence')
redis.call('SET', 'lease', fence, 'PX', ARGV[1])
return tostring(fence)
