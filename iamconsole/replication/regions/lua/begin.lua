-- Let readers see a generation, or none where it is ''. ARGV: fence, generation
if redis.call('GET', 'fence') ~= ARGV[1] then
    return 'fenced'
end
if ARGV[2] == '' then
    redis.call('DEL', 'generation')
else
    redis.call('SET', 'generation', ARGV[2])
end
return 'applied'
