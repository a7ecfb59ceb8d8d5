-- Give a lease back that is still one's own. ARGV: fence
if redis.call('GET', 'lease') == ARGV[1] then
    redis.call('DEL', 'lease')
end
