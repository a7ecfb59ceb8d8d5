-- Delete fields of a hash. ARGV: fence, hash, then fields
if redis.call('GET', 'fence') ~= ARGV[1] then
    return 'fenced'
end
for place = 3, #ARGV do
    redis.call('HDEL', ARGV[2], ARGV[place])
end
return 'applied'
