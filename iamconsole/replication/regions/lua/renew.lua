-- Keep the lease for longer. ARGV: fence, ms
if redis.call('GET', 'fence') ~= ARGV[1] then
    return 'fenced'
end
redis.call('SET', 'lease', ARGV[1], 'PX', ARGV[2])
return 'applied'
